import { join } from 'node:path'
import type * as E from '#fp/Either'
import type * as TE from '#fp/TaskEither'
import type { LedgerError } from '../ledger/port.ts'
import { type FileKind, pragma } from '../ledger/sqlite/database.ts'
import { attempt } from '../ledger/sqlite/errors.ts'
import { patiently } from '../ledger/sqlite/patiently.ts'
import { forReadingIfThere, forWriting, type OpenFile } from '../ledger/sqlite/read-only.ts'
import { isRejectionCode, type Rejection, type RejectionCode } from './rejection.ts'

/** A message that was refused, as kept: by the SHA-256 of its raw bytes, however often it came. */
export type DeadLetter = Rejection & {
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string
  /** Bytes of the whole message; when it is truncated only its first ones are kept. */
  readonly length: number
  readonly truncated: boolean
  readonly sightings: number
  /** In ms since the epoch, as all times here. */
  readonly firstSeen: number
  readonly lastSeen: number
  readonly lastOrigin: string
  /** The event by which its matter got into the ledger after all. */
  readonly resolved: Resolution | null
}
export type Resolution = { readonly source: string; readonly id: string; readonly at: number }

/** How much is kept of a message that is too long. */
export const HEAD_BYTES = 64 * 1024

/** A refused message, seen once. `raw` is all of it or, where `length` is more, its beginning. */
export type Sighting = {
  readonly sha256: string
  readonly raw: Uint8Array
  readonly length: number
  readonly rejection: Rejection
  readonly origin: string
}

/** An event that got in, and the message that it settles. */
export type Settled = { readonly sha256: string; readonly source: string; readonly id: string }

/** A letter that was tried again and refused: why it is refused now. */
export type Restated = { readonly sha256: string; readonly rejection: Rejection }

/** What is written together. */
export type LetterChanges = {
  readonly sightings?: ReadonlyArray<Sighting>
  readonly settled?: ReadonlyArray<Settled>
  readonly restated?: ReadonlyArray<Restated>
}

export type LetterFilter = {
  readonly code?: RejectionCode
  readonly unresolved?: boolean
  /** At most so many. */
  readonly limit?: number
}

type Result<A> = E.Either<LedgerError, A>

export type DeadLetters = {
  /** Writes all changes durably, or none; gives the number of letters that were marked resolved. */
  readonly record: (changes: LetterChanges) => Result<number>
  /** The lengths of unresolved whole letters: a message of another length can't be one of them. */
  readonly unresolvedLengths: () => Result<ReadonlySet<number>>
  /** Newest sighting first. */
  readonly list: (filter: LetterFilter) => Result<ReadonlyArray<DeadLetter>>
  readonly count: (filter: LetterFilter) => Result<number>
  /** Hashes of unresolved whole letters in their order, from the first after `after` (empty: from the first). */
  readonly unresolvedAfter: (after: string, limit: number) => Result<ReadonlyArray<string>>
  /** The letters whose hash starts with these digits, at most ten. */
  readonly find: (prefix: string) => Result<ReadonlyArray<DeadLetter>>
  /** The raw bytes that are kept of a letter; null when it is not there. */
  readonly raw: (sha256: string) => Result<Uint8Array | null>
  /** Deletes letters last seen before `before`, overwriting their bytes; gives their number. */
  readonly purge: (before: number, onlyResolved: boolean) => Result<number>
  readonly close: () => void
}

const FILE = 'dead-letters.db'

const kind: FileKind = {
  name: 'file of dead letters',
  applicationId: Buffer.from('RdrD', 'latin1').readInt32BE(),
  version: 1,
  schema: [
    `CREATE TABLE letters (
      sha256 TEXT PRIMARY KEY,
      code TEXT NOT NULL,
      path TEXT NOT NULL,
      message TEXT NOT NULL,
      length INTEGER NOT NULL,
      raw BLOB NOT NULL,
      sightings INTEGER NOT NULL,
      first_seen INTEGER NOT NULL,
      last_seen INTEGER NOT NULL,
      last_origin TEXT NOT NULL,
      resolved_source TEXT,
      resolved_id TEXT,
      resolved_at INTEGER
    ) STRICT`,
    'CREATE INDEX letters_by_time ON letters (last_seen)',
    'CREATE INDEX unresolved_letters ON letters (length) WHERE resolved_at IS NULL',
  ],
}

/** A sighting takes the newest reason: it is what stands in the letter's way now. */
const SEE = `INSERT INTO letters
  (sha256, code, path, message, length, raw, sightings, first_seen, last_seen, last_origin)
  VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?)
  ON CONFLICT (sha256) DO UPDATE SET sightings = sightings + 1, code = excluded.code, path = excluded.path,
    message = excluded.message, last_seen = max(last_seen, excluded.last_seen), last_origin = excluded.last_origin`
const SETTLE = `UPDATE letters SET resolved_source = ?, resolved_id = ?, resolved_at = ?
  WHERE sha256 = ? AND resolved_at IS NULL`
const RESTATE = 'UPDATE letters SET code = ?, path = ?, message = ? WHERE sha256 = ?'
const COLUMNS = `sha256, code, path, message, length, length > octet_length(raw) AS truncated, sightings,
  first_seen, last_seen, last_origin, resolved_source, resolved_id, resolved_at`
const MATCHES = '(?1 IS NULL OR code = ?1) AND (?2 = 0 OR resolved_at IS NULL)'

/** Opens the dead letters of a data folder, which must be there. `clock` gives ms since the epoch. */
export const openDeadLetters =
  (dataDir: string, clock: () => number): TE.TaskEither<LedgerError, DeadLetters> =>
  () =>
    patiently(FILE, () => open(forWriting(join(dataDir, FILE), kind), clock))

/** The same for who only reads: a folder without them has none, and gets no file. */
export const openDeadLettersForReading =
  (dataDir: string, clock: () => number): TE.TaskEither<LedgerError, DeadLetters> =>
  () =>
    patiently(FILE, () => open(forReadingIfThere(join(dataDir, FILE), kind), clock))

const open = ({ db, assertInPlace }: OpenFile, clock: () => number): DeadLetters => {
  // What was purged can hold words of people: it is overwritten.
  db.exec('PRAGMA secure_delete=ON')
  const see = db.prepare(SEE)
  const settle = db.prepare(SETTLE)
  const restate = db.prepare(RESTATE)
  const lengths = db.prepare(
    'SELECT DISTINCT length FROM letters WHERE resolved_at IS NULL AND length = octet_length(raw)',
  )
  let known: Set<number> | undefined
  let knownAt: unknown

  const inTransaction = <A>(work: () => A): A => {
    db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      db.exec('COMMIT')
      assertInPlace()
      return result
    } finally {
      if (db.isTransaction) db.exec('ROLLBACK')
    }
  }

  const record: DeadLetters['record'] = ({ sightings = [], settled = [], restated = [] }) =>
    attempt(FILE, () =>
      inTransaction(() => {
        const now = clock()
        for (const { sha256, raw, length, rejection, origin } of sightings) {
          const { code, path: where, message } = rejection
          see.run(sha256, code, where, message, length, raw, now, now, origin)
          if (length === raw.length) known?.add(length)
        }
        for (const { sha256, rejection } of restated) {
          restate.run(rejection.code, rejection.path, rejection.message, sha256)
        }
        let resolved = 0
        for (const { sha256, source, id } of settled) {
          resolved += Number(settle.run(source, id, now, sha256).changes)
        }
        return resolved
      }),
    )

  const unresolvedLengths: DeadLetters['unresolvedLengths'] = () =>
    attempt(FILE, () => {
      // data_version changes when another connection has written.
      const version = pragma(db, 'data_version')
      if (known === undefined || version !== knownAt) {
        known = new Set(lengths.all().map(({ length }) => Number(length)))
        knownAt = version
      }
      return known
    })

  const parameters = ({ code, unresolved }: LetterFilter) => [code ?? null, unresolved === true ? 1 : 0]

  return {
    record,
    unresolvedLengths,
    list: (filter) =>
      attempt(FILE, () =>
        db
          .prepare(
            `SELECT ${COLUMNS} FROM letters WHERE ${MATCHES} ORDER BY last_seen DESC, rowid DESC LIMIT ?3`,
          )
          .all(...parameters(filter), filter.limit ?? -1)
          .map(toLetter),
      ),
    count: (filter) =>
      attempt(FILE, () =>
        Number(
          db.prepare(`SELECT count(*) AS n FROM letters WHERE ${MATCHES}`).get(...parameters(filter))?.n,
        ),
      ),
    unresolvedAfter: (after, limit) =>
      attempt(FILE, () =>
        db
          .prepare(
            `SELECT sha256 FROM letters WHERE resolved_at IS NULL AND length = octet_length(raw) AND sha256 > ?
              ORDER BY sha256 LIMIT ?`,
          )
          .all(after, limit)
          .map(({ sha256 }) => String(sha256)),
      ),
    find: (prefix) =>
      attempt(FILE, () =>
        db
          .prepare(
            `SELECT ${COLUMNS} FROM letters WHERE sha256 >= ?1 AND sha256 < ?1 || 'g' ORDER BY 1 LIMIT 10`,
          )
          .all(prefix)
          .map(toLetter),
      ),
    raw: (sha256) =>
      attempt(FILE, () => {
        const raw = db.prepare('SELECT raw FROM letters WHERE sha256 = ?').get(sha256)?.raw
        return raw instanceof Uint8Array ? raw : null
      }),
    purge: (before, onlyResolved) =>
      attempt(FILE, () => {
        const { changes } = inTransaction(() =>
          db
            .prepare('DELETE FROM letters WHERE last_seen < ? AND (? = 0 OR resolved_at IS NOT NULL)')
            .run(before, onlyResolved ? 1 : 0),
        )
        // The log of writes still holds them: it is emptied, unless another process is using it just now.
        db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
        known = undefined
        return Number(changes)
      }),
    close: () => db.close(),
  }
}

type Row = Readonly<Record<string, unknown>>

const toLetter = (row: Row): DeadLetter => {
  const code = String(row.code)
  return {
    sha256: String(row.sha256),
    code: isRejectionCode(code) ? code : 'invalid',
    path: String(row.path),
    message: String(row.message),
    length: Number(row.length),
    truncated: row.truncated === 1,
    sightings: Number(row.sightings),
    firstSeen: Number(row.first_seen),
    lastSeen: Number(row.last_seen),
    lastOrigin: String(row.last_origin),
    resolved:
      row.resolved_at === null
        ? null
        : { source: String(row.resolved_source), id: String(row.resolved_id), at: Number(row.resolved_at) },
  }
}
