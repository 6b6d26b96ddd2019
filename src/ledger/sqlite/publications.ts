import type { DatabaseSync } from 'node:sqlite'
import type { EventOutcome } from '../port.ts'
import type { PreparedEvent } from '../prepare.ts'
import { contradict, otherDocumentReason, publishedVersion } from '../publication.ts'
import { ARRAYS, LEAF, row, verified } from './rows.ts'

/** Finds a ruleset's version that was published before with another document. */
export type Publications = {
  /** The conflict, if the event publishes a second document; `stream` is its stream's number. */
  readonly otherDocument: (event: PreparedEvent, stream: number) => EventOutcome | undefined
}

/** Reads the ruleset's stream each time: it is short, and nothing needs to be kept in step with it. */
export const publications = (db: DatabaseSync): Publications => {
  const ofStream = db.prepare(
    `SELECT sequence, revision, canonical, ${LEAF} FROM events WHERE stream = ? ORDER BY revision`,
    ARRAYS,
  )
  return {
    otherDocument: (event, stream) => {
      if (event.kind !== 'plain' || event.document === null) return undefined
      const version = publishedVersion(`${event.head},${event.tail}`)
      for (const found of ofStream.iterate(stream)) {
        const [sequence, revision, canonical, hash] = row(found)
        const before = publishedVersion(verified(Number(sequence), canonical, hash).canonical)
        if (contradict(before, version)) {
          return { kind: 'conflict', revision: Number(revision), reason: otherDocumentReason(version) }
        }
      }
      return undefined
    },
  }
}
