import type { DatabaseSync } from 'node:sqlite'
import { remembered } from '../../foundation/remembered.ts'
import { preparedPragma } from '../../foundation/sqlite/database.ts'
import { ARRAYS, row } from '../../foundation/sqlite/rows.ts'

/** A stream as the ledger has it: its number in the file (null: none yet) and its last revision (-1: none). */
export type StoredStream = { id: number | null; revision: number }

/** Each name is stored once in the file; this caches their numbers, and the ends of streams, for the next append. */
export type Names = {
  /** Must be called first in every transaction: forgets what another process may have changed. */
  readonly refresh: () => void
  /** Must be called after a transaction was rolled back. */
  readonly forget: () => void
  readonly stream: (name: string) => StoredStream
  /** The number of a stream, assigned now if it has none. */
  readonly streamNumber: (name: string, stream: StoredStream) => number
  /** The number of a source, assigned now if it has none. */
  readonly sourceNumber: (name: string) => number
}

/** The most streams, and the most sources, remembered (about 30 MB), because memory must not grow with the ledger. */
const REMEMBERED = 200_000

export const knownNames = (db: DatabaseSync): Names => {
  const findStream = db.prepare(
    `SELECT id, (SELECT max(revision) FROM events WHERE stream = streams.id) FROM streams WHERE name = ?`,
    ARRAYS,
  )
  const addStream = db.prepare(
    'INSERT INTO streams (id, name) SELECT coalesce(max(id), 0) + 1, ? FROM streams',
  )
  const findSource = db.prepare('SELECT id FROM sources WHERE name = ?', ARRAYS)
  const addSource = db.prepare(
    'INSERT INTO sources (id, name) SELECT coalesce(max(id), 0) + 1, ? FROM sources',
  )
  const streams = remembered<string, StoredStream>(REMEMBERED)
  const sources = remembered<string, number>(REMEMBERED)
  const dataVersion = preparedPragma(db, 'data_version')
  let version: unknown

  const forget = (): void => {
    streams.clear()
    sources.clear()
  }
  return {
    forget,
    refresh: () => {
      const now = dataVersion()
      if (now !== version) forget()
      version = now
    },
    stream: (name) => {
      const known = streams.get(name)
      if (known !== undefined) return known
      const [id, revision] = row(findStream.get(name))
      const stream =
        id === undefined ? { id: null, revision: -1 } : { id: Number(id), revision: Number(revision ?? -1) }
      streams.set(name, stream)
      return stream
    },
    streamNumber: (name, stream) => {
      stream.id ??= Number(addStream.run(name).lastInsertRowid)
      return stream.id
    },
    sourceNumber: (name) => {
      const known = sources.get(name)
      if (known !== undefined) return known
      const [found] = row(findSource.get(name))
      const id = found === undefined ? Number(addSource.run(name).lastInsertRowid) : Number(found)
      sources.set(name, id)
      return id
    },
  }
}
