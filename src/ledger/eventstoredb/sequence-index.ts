import type { DatabaseSync } from 'node:sqlite'
import { type FileKind, openDatabase } from '../sqlite/database.ts'
import { Unusable } from '../sqlite/errors.ts'
import { isWritable, openPrivateCopy } from '../sqlite/read-only.ts'
import { ARRAYS, row } from '../sqlite/rows.ts'
import type { LogPosition } from './position.ts'

/**
 * Which event of the cluster's log has which number: a projection of the log, made anew anywhere. Everything throws what
 * SQLite throws.
 */
export type SequenceIndex = {
  /** The last event that is numbered; null when none is. */
  readonly last: () => Numbered | null
  readonly sequenceOf: (place: LogPosition) => number | undefined
  /**
   * Numbers the next events, those after `after`. False, and nothing is written, when that is no longer the last one: then
   * another process does the same, and was faster.
   */
  readonly add: (after: Numbered | null, places: ReadonlyArray<LogPosition>) => boolean
  readonly close: () => void
}

export type Numbered = LogPosition & { readonly sequence: number }

const kind: FileKind = {
  name: 'sequence index',
  applicationId: Buffer.from('RdrS', 'latin1').readInt32BE(),
  version: 1,
  schema: [
    `CREATE TABLE places (
      sequence INTEGER PRIMARY KEY,
      commit_position INTEGER NOT NULL,
      prepare_position INTEGER NOT NULL,
      UNIQUE (commit_position, prepare_position)
    ) STRICT`,
  ],
}

const BIG = { readBigInts: true, ...ARRAYS }

export const openSequenceIndex = (path: string): SequenceIndex => {
  // Of a folder that may not be written, the count goes on in a copy: it can be made again anywhere.
  const db = isWritable(path)
    ? openDatabase(path, kind)
    : openPrivateCopy(path, (copy) => openDatabase(copy, kind))
  const last = db.prepare(
    'SELECT sequence, commit_position, prepare_position FROM places ORDER BY sequence DESC LIMIT 1',
    BIG,
  )
  const find = db.prepare(
    'SELECT sequence FROM places WHERE commit_position = ? AND prepare_position = ?',
    ARRAYS,
  )
  const insert = db.prepare(
    'INSERT INTO places (sequence, commit_position, prepare_position) VALUES (?, ?, ?)',
  )
  const lastOne = (): Numbered | null => {
    const [sequence, commit, prepare] = row(last.get())
    if (sequence === undefined) return null
    if (typeof commit !== 'bigint' || typeof prepare !== 'bigint') {
      throw new Unusable(`${path} holds what Redress did not write; delete it, it is rebuilt`)
    }
    return { sequence: Number(sequence), commit, prepare }
  }
  return {
    last: lastOne,
    sequenceOf: ({ commit, prepare }) => {
      const [sequence] = row(find.get(commit, prepare))
      return sequence === undefined ? undefined : Number(sequence)
    },
    add: (after, places) =>
      inTransaction(db, () => {
        const last = lastOne()
        let sequence = last?.sequence ?? 0
        const isAfter =
          sequence === (after?.sequence ?? 0) &&
          last?.commit === after?.commit &&
          last?.prepare === after?.prepare
        if (!isAfter) return false
        for (const { commit, prepare } of places) insert.run(++sequence, commit, prepare)
        return true
      }),
    close: () => {
      if (db.isOpen) db.close()
    },
  }
}

const inTransaction = <A>(db: DatabaseSync, work: () => A): A => {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK')
  }
}
