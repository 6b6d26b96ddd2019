import type { DatabaseSync } from 'node:sqlite'
import { remembered } from '../../foundation/remembered.ts'
import { ARRAYS, row } from '../../foundation/sqlite/rows.ts'
import type { PreparedEvent } from '../event/prepare.ts'
import type { EventOutcome } from '../port.ts'
import { publishedVersion, type VersionIndex, versionIndex } from '../publication.ts'
import { LEAF, verified } from './rows.ts'

/** Finds a ruleset version that was already published with another document or rehearsal. */
export type Publications = {
  /** The conflict, if the event publishes a second one; `stream` is its stream's number. */
  readonly otherPublication: (event: PreparedEvent, stream: number) => EventOutcome | undefined
  /** Must be called after a transaction was rolled back. */
  readonly forget: () => void
}

/** The versions in a ruleset's stream, up to where it was read. */
type Known = { readonly versions: VersionIndex; revision: number }

/** The most streams remembered. */
const REMEMBERED = 50_000

/**
 * Continues reading a ruleset's stream from where it stopped: its events never change, and what other processes have
 * written since follows.
 */
export const publications = (db: DatabaseSync): Publications => {
  const after = db.prepare(
    `SELECT sequence, revision, canonical, ${LEAF} FROM events WHERE stream = ? AND revision > ? ORDER BY revision`,
    ARRAYS,
  )
  const streams = remembered<number, Known>(REMEMBERED)

  const knownOf = (stream: number): Known => {
    const found = streams.get(stream)
    if (found !== undefined) return found
    const known = { versions: versionIndex(), revision: -1 }
    streams.set(stream, known)
    return known
  }

  return {
    forget: () => streams.clear(),
    otherPublication: (event, stream) => {
      if (event.kind !== 'plain' || event.document === null) return undefined
      const known = knownOf(stream)
      for (const found of after.iterate(stream, known.revision)) {
        const [sequence, revision, canonical, hash] = row(found)
        const published = publishedVersion(verified(Number(sequence), canonical, hash).canonical)
        known.versions.add(published, Number(revision))
        known.revision = Number(revision)
      }
      return known.versions.otherPublication(event)
    },
  }
}
