import type { DatabaseSync } from 'node:sqlite'
import type { StreamName } from '../../domain/stream.ts'
import { Damage } from '../../foundation/attempt.ts'
import { remembered } from '../../foundation/remembered.ts'
import { ARRAYS, row } from '../../foundation/sqlite/rows.ts'
import { type Envelope, envelopeOf } from '../event/envelope.ts'
import { leafHash } from '../event/leaf.ts'
import type { SequencedEvent } from '../port.ts'
import { sequencePosition } from './position.ts'

/** The column to select of a stored event's leaf hash, for `verified`. */
export const LEAF = 'lower(hex(leaf_hash))'

/** A stored event's text and leaf hash, if they match; throws `Damage` otherwise. */
export const verified = (
  sequence: number,
  canonical: unknown,
  hash: unknown,
): { readonly canonical: string; readonly leafHash: string } => {
  if (typeof canonical === 'string' && typeof hash === 'string' && leafHash(canonical) === hash) {
    return { canonical, leafHash: hash }
  }
  throw new Damage(`event ${sequence} is not as recorded: its text does not match its hash`)
}

/** The columns to select of events `e` and their streams `s`, for a `RowReader`. */
export const EVENT_COLUMNS = `e.sequence, s.name, e.revision, e.source, e.id, e.canonical, ${LEAF}`

/** An event from a row, and what its text says about itself. */
export type ReadRow = { readonly event: SequencedEvent; readonly envelope: Envelope }

/**
 * Turns rows into events, each checked: its text against its hash, and every column that repeats a part of the text
 * (stream, source, id) against it. Throws `Damage`.
 */
export type RowReader = (values: ReadonlyArray<unknown>) => ReadRow

export const rowReader = (db: DatabaseSync): RowReader => {
  const findSource = db.prepare('SELECT name FROM sources WHERE id = ?', ARRAYS)
  const sources = remembered<unknown, unknown>(REMEMBERED)
  const sourceNamed = (number: unknown): unknown => {
    const known = sources.get(number)
    if (known !== undefined) return known
    const [name] = row(findSource.get(Number(number)))
    sources.set(number, name)
    return name
  }

  return ([number, stream, revision, source, id, text, hash]) => {
    const sequence = Number(number)
    const { canonical, leafHash } = verified(sequence, text, hash)
    const envelope = envelopeOf(canonical)
    if (envelope === null) {
      throw new Damage(`event ${sequence} was not recorded by Redress: its text is not in canonical form`)
    }
    if (envelope.stream !== stream) {
      throw new Damage(
        `event ${sequence} is stored in the stream ${stream} but belongs to ${envelope.stream}`,
      )
    }
    if (envelope.id !== id || envelope.source !== sourceNamed(source)) {
      throw new Damage(`event ${sequence} is stored under a source or id that its text does not have`)
    }
    return {
      envelope,
      event: {
        // Cast: the text says that it is the event's stream.
        stream: stream as StreamName,
        revision: Number(revision),
        position: sequencePosition(sequence),
        sequence,
        canonical,
        leafHash,
      },
    }
  }
}

/** The most sources remembered. */
const REMEMBERED = 50_000
