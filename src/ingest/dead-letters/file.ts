import type { DatabaseSync } from 'node:sqlite'
import type { FileKind } from '../../foundation/sqlite/database.ts'
import type { LetterKeys } from '../../ledger/vault/letter-keys.ts'
import { isRejectionCode, withoutQuotes } from '../accept/rejection.ts'
import { accountIn, sealBody } from './body.ts'

/** `sealed` is null if the bytes were destroyed: the letter is resolved or erased. */
const tables: ReadonlyArray<string> = [
  `CREATE TABLE letters (
      hash TEXT PRIMARY KEY,
      code TEXT NOT NULL,
      path TEXT NOT NULL,
      message TEXT NOT NULL,
      length INTEGER NOT NULL,
      truncated INTEGER NOT NULL,
      sealed BLOB,
      account TEXT,
      sightings INTEGER NOT NULL,
      first_seen INTEGER NOT NULL,
      last_seen INTEGER NOT NULL,
      last_origin TEXT NOT NULL,
      resolved_source TEXT,
      resolved_id TEXT,
      resolved_at INTEGER,
      erased_at INTEGER
    ) STRICT`,
  'CREATE INDEX letters_by_time ON letters (last_seen)',
  'CREATE INDEX sealed_letters ON letters (length) WHERE sealed IS NOT NULL AND truncated = 0',
  'CREATE INDEX sealed_letters_by_account ON letters (account) WHERE sealed IS NOT NULL',
]

/**
 * Letters whose bytes were deleted from `letters`, but whose keys may remain, or traces of both in the write-ahead
 * logs: the deletion is completed later, whatever is killed in between.
 */
const destroying =
  'CREATE TABLE destroying (number INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE) STRICT'

/** The file of dead letters. Its upgrade from version 1, which stored them unsealed, needs the keys. */
export const lettersFile = (keys: LetterKeys): FileKind => ({
  name: 'file of dead letters',
  applicationId: 'RdrD',
  version: 2,
  schema: [...tables, destroying],
  upgrades: {
    1: [
      'DROP INDEX letters_by_time',
      'DROP INDEX unresolved_letters',
      'ALTER TABLE letters RENAME TO clear_letters',
      ...tables,
      destroying,
      (db) => sealAll(db, keys),
      'DROP TABLE clear_letters',
      // Not a letter's hash: the write-ahead log holds unsealed bytes until it is emptied, after this transaction.
      "INSERT INTO destroying (hash) VALUES ('clear')",
    ],
  },
})

/** One letter at a time, so that neither a statement's own journal nor memory ever holds many of them. */
const sealAll = (db: DatabaseSync, keys: LetterKeys): void => {
  const next = db.prepare('SELECT rowid, * FROM clear_letters WHERE rowid > ? ORDER BY rowid LIMIT 1')
  const remove = db.prepare('DELETE FROM clear_letters WHERE rowid = ?')
  const insert = db.prepare(
    `INSERT INTO letters (hash, code, path, message, length, truncated, sealed, account, sightings, first_seen, last_seen,
      last_origin, resolved_source, resolved_id, resolved_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  let row = next.get(-1)
  try {
    for (; row !== undefined; row = next.get(Number(row.rowid))) {
      const raw = row.raw instanceof Uint8Array ? row.raw : new Uint8Array()
      const length = Number(row.length)
      const hash = keys.hashOfNew(String(row.sha256))
      const isOpen = row.resolved_at === null
      const code = String(row.code)
      const rejection = withoutQuotes({
        code: isRejectionCode(code) ? code : 'invalid',
        path: String(row.path),
        message: String(row.message),
      })
      insert.run(
        ...[hash, rejection.code, rejection.path, rejection.message, length, length > raw.length ? 1 : 0],
        isOpen ? sealBody(keys.make(hash), raw) : null,
        isOpen ? accountIn(raw) : null,
        ...[row.sightings, row.first_seen, row.last_seen, row.last_origin].map((value) => value ?? null),
        ...[row.resolved_source, row.resolved_id, row.resolved_at].map((value) => value ?? null),
      )
      remove.run(row.rowid ?? null)
    }
    // Keys first: a letter without its key would be lost.
    keys.commit()
  } finally {
    keys.rollback()
  }
}
