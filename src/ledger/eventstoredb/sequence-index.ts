import type { DatabaseSync } from 'node:sqlite'
import type { StreamName } from '../../domain/stream.ts'
import { Unusable } from '../../foundation/attempt.ts'
import { type FileKind, inTransaction, openDatabase } from '../../foundation/sqlite/database.ts'
import { isWritable, openPrivateCopy } from '../../foundation/sqlite/read-only.ts'
import { ARRAYS, row } from '../../foundation/sqlite/rows.ts'
import type { DamageCause, DamagedStream } from '../damaged-stream.ts'
import type { LogPosition } from './position.ts'

/**
 * Which event of the cluster's log has which number: a projection of the log that can be rebuilt anywhere. Everything
 * throws what SQLite throws.
 */
export type SequenceIndex = {
  /** The last event that is numbered; null if there is none. */
  readonly last: () => Numbered | null
  readonly sequenceOf: (place: LogPosition) => number | undefined
  readonly placeOf: (sequence: number) => LogPosition | undefined
  /**
   * Numbers the next events, those after `after`. False, with nothing written, if that is no longer the last one:
   * then another process is numbering too, and was faster.
   */
  readonly add: (after: Numbered | null, places: ReadonlyArray<LogPosition>) => boolean
  /** Streams that were found deleted or cut while counting; `lost`: their missing events were not counted. */
  readonly damaged: () => ReadonlyArray<NotedDamage>
  /** Notes damage to streams; `cause` null: it was undone. What was not counted stays noted. */
  readonly note: (
    found: ReadonlyArray<{ stream: StreamName; cause: DamageCause | null; lost: boolean }>,
  ) => void
  readonly close: () => void
}

type NotedDamage = DamagedStream & { readonly lost: boolean }

export type Numbered = LogPosition & { readonly sequence: number }

const DAMAGED = `CREATE TABLE damaged (
      stream TEXT PRIMARY KEY,
      cause TEXT NOT NULL,
      lost INTEGER NOT NULL
    ) STRICT`

/** How `sequence.db` is created. */
export const sequenceFile: FileKind = {
  name: 'sequence index',
  applicationId: 'RdrS',
  version: 2,
  schema: [
    `CREATE TABLE places (
      sequence INTEGER PRIMARY KEY,
      commit_position INTEGER NOT NULL,
      prepare_position INTEGER NOT NULL,
      UNIQUE (commit_position, prepare_position)
    ) STRICT`,
    DAMAGED,
  ],
  upgrades: { 1: [DAMAGED] },
}

const open = (path: string): DatabaseSync => openDatabase(path, sequenceFile)

const BIG = { readBigInts: true, ...ARRAYS }

export const openSequenceIndex = (path: string): SequenceIndex => {
  // If the folder cannot be written, counting continues in a copy: it can be rebuilt anywhere.
  const db = isWritable(path) ? open(path) : openPrivateCopy(path, open)
  const findPlace = db.prepare('SELECT commit_position, prepare_position FROM places WHERE sequence = ?', BIG)
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
  const noted = db.prepare('SELECT stream, cause, lost FROM damaged ORDER BY stream', ARRAYS)
  const noteOne = db.prepare(
    `INSERT INTO damaged (stream, cause, lost) VALUES (?, ?, ?)
      ON CONFLICT (stream) DO UPDATE SET
        cause = iif(cause = 'tombstoned', cause, excluded.cause), lost = max(lost, excluded.lost)`,
  )
  const forget = db.prepare("DELETE FROM damaged WHERE stream = ? AND lost = 0 AND cause <> 'tombstoned'")
  const placeIn = (commit: unknown, prepare: unknown): LogPosition => {
    if (typeof commit !== 'bigint' || typeof prepare !== 'bigint') {
      throw new Unusable(`${path} was not written by Redress; delete it: it will be rebuilt`)
    }
    return { commit, prepare }
  }
  const lastOne = (): Numbered | null => {
    const [sequence, commit, prepare] = row(last.get())
    return sequence === undefined ? null : { sequence: Number(sequence), ...placeIn(commit, prepare) }
  }
  return {
    last: lastOne,
    sequenceOf: ({ commit, prepare }) => {
      const [sequence] = row(find.get(commit, prepare))
      return sequence === undefined ? undefined : Number(sequence)
    },
    placeOf: (sequence) => {
      const [commit, prepare] = row(findPlace.get(sequence))
      return commit === undefined ? undefined : placeIn(commit, prepare)
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
    damaged: () =>
      noted.all().map((found) => {
        const [stream, cause, lost] = row(found)
        // Casts: they were written here.
        return { stream: stream as StreamName, cause: cause as DamageCause, lost: lost === 1 }
      }),
    note: (found) =>
      inTransaction(db, () => {
        for (const { stream, cause, lost } of found) {
          if (cause === null) forget.run(stream)
          else noteOne.run(stream, cause, lost ? 1 : 0)
        }
      }),
    close: () => {
      if (db.isOpen) db.close()
    },
  }
}
