import type { DatabaseSync } from 'node:sqlite'
import { upcast } from '../../domain/upcast.ts'
import type { EventOutcome } from '../port.ts'
import type { PreparedEvent } from '../prepare.ts'
import { ARRAYS, row, verified } from './rows.ts'

/** Finds a ruleset's version that was published before with another document. */
export type Publications = {
  /** The conflict, if the event publishes a second document; `stream` is its stream's number. */
  readonly otherDocument: (event: PreparedEvent, stream: number) => EventOutcome | undefined
}

/** Reads the ruleset's stream each time: it is short, and nothing needs to be kept in step with it. */
export const publications = (db: DatabaseSync): Publications => {
  const ofStream = db.prepare(
    'SELECT sequence, revision, canonical, leaf_hash FROM events WHERE stream = ? ORDER BY revision',
    ARRAYS,
  )
  return {
    otherDocument: (event, stream) => {
      if (event.kind !== 'plain' || event.document === null) return undefined
      const version = publishedVersion(`${event.head},${event.tail}`)
      for (const found of ofStream.iterate(stream)) {
        const [sequence, revision, canonical, hash] = row(found)
        const before = publishedVersion(verified(Number(sequence), canonical, hash).canonical)
        if (before.version !== version.version || before.sha256 === version.sha256) continue
        return {
          kind: 'conflict',
          revision: Number(revision),
          reason: `data.document is not the one that was published as version ${version.version} before`,
        }
      }
      return undefined
    },
  }
}

/** What a stored publication (canonical text) says of itself. */
const publishedVersion = (canonical: string): { readonly version: unknown; readonly sha256: unknown } => {
  const data = upcast(record(JSON.parse(canonical))).data
  return { version: record(record(data).ruleset).version, sha256: record(data).documentSha256 }
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  // Cast: any object can be looked at as a record of unknown members.
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
