import type { DatabaseSync } from 'node:sqlite'
import { pragma } from '../../foundation/sqlite/database.ts'
import type { LetterKeys } from '../../ledger/vault/letter-keys.ts'
import { isRejectionCode } from '../accept/rejection.ts'
import { openBody } from './body.ts'
import type { DeadLetter, LetterBody, LetterChanges, LetterFilter } from './letter.ts'

/** Reads of the letters. Throws what the databases throw. */
export type LetterReader = {
  readonly unresolvedLengths: () => ReadonlySet<number>
  readonly list: (filter: LetterFilter) => ReadonlyArray<DeadLetter>
  readonly count: (filter: LetterFilter) => number
  readonly unresolvedAfter: (after: string, limit: number) => ReadonlyArray<string>
  readonly find: (digits: string) => ReadonlyArray<DeadLetter>
  readonly body: (hash: string) => LetterBody | null
  /** Called with what this connection has written, because the lengths are cached. */
  readonly noteChanges: (changes: LetterChanges) => void
  readonly forget: () => void
}

const COLUMNS = `hash, code, path, message, length, truncated, sightings, first_seen, last_seen, last_origin,
  resolved_source, resolved_id, resolved_at, erased_at`
const MATCHES = '(?1 IS NULL OR code = ?1) AND (?2 = 0 OR (resolved_at IS NULL AND erased_at IS NULL))'
const WHOLE = 'sealed IS NOT NULL AND truncated = 0'

export const letterReader = (db: DatabaseSync, keys: LetterKeys): LetterReader => {
  const lengths = db.prepare(`SELECT DISTINCT length FROM letters WHERE ${WHOLE}`)
  let known: Set<number> | undefined
  let knownAt: unknown

  const parameters = ({ code, unresolved }: LetterFilter) => [code ?? null, unresolved === true ? 1 : 0]

  const startingWith = (digits: string): ReadonlyArray<DeadLetter> =>
    db
      .prepare(`SELECT ${COLUMNS} FROM letters WHERE hash >= ?1 AND hash < ?1 || 'g' ORDER BY 1 LIMIT 10`)
      .all(digits)
      .map(toLetter)

  return {
    unresolvedLengths: () => {
      // data_version changes when another connection has written.
      const version = pragma(db, 'data_version')
      if (known === undefined || version !== knownAt) {
        known = new Set(lengths.all().map(({ length }) => Number(length)))
        knownAt = version
      }
      return known
    },
    list: (filter) =>
      db
        .prepare(
          `SELECT ${COLUMNS} FROM letters WHERE ${MATCHES} ORDER BY last_seen DESC, rowid DESC LIMIT ?3`,
        )
        .all(...parameters(filter), filter.limit ?? -1)
        .map(toLetter),
    count: (filter) =>
      Number(db.prepare(`SELECT count(*) AS n FROM letters WHERE ${MATCHES}`).get(...parameters(filter))?.n),
    unresolvedAfter: (after, limit) =>
      db
        .prepare(`SELECT hash FROM letters WHERE ${WHOLE} AND hash > ? ORDER BY hash LIMIT ?`)
        .all(after, limit)
        .map(({ hash }) => String(hash)),
    find: (digits) => {
      const found = startingWith(digits)
      const hash = found.length === 0 && digits.length === SHA256_DIGITS ? keys.hashOf(digits) : null
      return hash === null ? found : startingWith(hash)
    },
    body: (hash) => {
      const row = db.prepare('SELECT sealed FROM letters WHERE hash = ?').get(hash)
      if (row === undefined) return null
      if (!(row.sealed instanceof Uint8Array)) return { kind: 'destroyed' }
      const key = keys.find(hash)
      const bytes = key === null ? null : openBody(key, row.sealed)
      return bytes === null ? { kind: 'locked' } : { kind: 'open', bytes }
    },
    noteChanges: ({ sightings = [] }) => {
      for (const { length, raw } of sightings) if (length === raw.length) known?.add(length)
    },
    forget: () => {
      known = undefined
    },
  }
}

const SHA256_DIGITS = 64

type Row = Readonly<Record<string, unknown>>

const toLetter = (row: Row): DeadLetter => {
  const code = String(row.code)
  return {
    hash: String(row.hash),
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
    erasedAt: row.erased_at === null ? null : Number(row.erased_at),
  }
}
