import type { DatabaseSync } from 'node:sqlite'
import type { StreamName } from '../../domain/stream.ts'
import { Damage } from '../../foundation/attempt.ts'
import { ARRAYS, row } from '../../foundation/sqlite/rows.ts'
import { type Envelope, envelopeOf } from '../event/envelope.ts'
import { leafHash } from '../event/leaf.ts'
import type { SequencedEvent } from '../port.ts'
import { sequencePosition } from './position.ts'

/** What to select of a stored event's leaf hash, for `verified`. */
export const LEAF = 'lower(hex(leaf_hash))'

/** A stored event's text and leaf hash, if they belong together; throws `Damage` otherwise. */
export const verified = (
  sequence: number,
  canonical: unknown,
  hash: unknown,
): { readonly canonical: string; readonly leafHash: string } => {
  if (typeof canonical === 'string' && typeof hash === 'string' && leafHash(canonical) === hash) {
    return { canonical, leafHash: hash }
  }
  throw new Damage(`event ${sequence} is not the one that was recorded: its text does not match its hash`)
}

/** What to select of events `e` and their streams `s`, for a `RowReader`. */
export const EVENT_COLUMNS = `e.sequence, s.name, e.revision, e.source, e.id, e.canonical, ${LEAF}`

/** An event out of a row, and what its text says of itself. */
export type ReadRow = { readonly event: SequencedEvent; readonly envelope: Envelope }

/**
 * Makes events of rows, each checked: its text against its hash, and every column that repeats what the text says (stream,
 * source, id) against the text. Throws `Damage`.
 */
export type RowReader = (values: ReadonlyArray<unknown>) => ReadRow

export const rowReader = (db: DatabaseSync): RowReader => {
  const findSource = db.prepare('SELECT name FROM sources WHERE id = ?', ARRAYS)
  const sources = new Map<unknown, unknown>()
  const sourceNamed = (number: unknown): unknown => {
    const known = sources.get(number)
    if (known !== undefined) return known
    if (sources.size > REMEMBERED) sources.clear()
    const [name] = row(findSource.get(Number(number)))
    sources.set(number, name)
    return name
  }

  return ([number, stream, revision, source, id, text, hash]) => {
    const sequence = Number(number)
    const { canonical, leafHash } = verified(sequence, text, hash)
    const envelope = envelopeOf(canonical)
    if (envelope === null) {
      throw new Damage(
        `event ${sequence} is not one that Redress recorded: its text is not in canonical form`,
      )
    }
    if (envelope.stream !== stream) {
      throw new Damage(
        `event ${sequence} is stored in the stream ${stream} and belongs to ${envelope.stream}`,
      )
    }
    if (envelope.id !== id || envelope.source !== sourceNamed(source)) {
      throw new Damage(`event ${sequence} is stored under another source or id than its text has`)
    }
    return {
      envelope,
      event: {
        // Cast: it is the stream of the event in the text.
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

/** So many sources are remembered at most. */
const REMEMBERED = 50_000
