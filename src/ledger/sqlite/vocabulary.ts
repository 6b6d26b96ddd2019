import type { DatabaseSync } from 'node:sqlite'
import { Unusable } from '../../foundation/attempt.ts'
import { pragma, SCHEMA_VERSIONS } from '../../foundation/sqlite/database.ts'
import { unknownVocabulary } from '../vocabulary.ts'

/**
 * The vocabulary of the events in a ledger's file. It is stored, minus one, in the upper half of SQLite's
 * user_version: a file whose vocabulary was never raised stays compatible with older versions of Redress, and one
 * whose vocabulary was raised is refused by them.
 */
export const vocabularyIn = (db: DatabaseSync): number => Math.floor(userVersion(db) / SCHEMA_VERSIONS) + 1

/** Raises it, if it is lower, within the current transaction; returns the resulting version. */
export const raiseVocabulary = (db: DatabaseSync, version: number): number => {
  const found = vocabularyIn(db)
  if (found >= version) return found
  db.exec(`PRAGMA user_version=${(version - 1) * SCHEMA_VERSIONS + (userVersion(db) % SCHEMA_VERSIONS)}`)
  return version
}

/** Throws `Unusable` on a ledger's file whose vocabulary this Redress does not know. */
export const assertKnownVocabulary = (db: DatabaseSync): void => {
  const refused = unknownVocabulary(vocabularyIn(db))
  if (refused !== null) throw new Unusable(refused.message)
}

const userVersion = (db: DatabaseSync): number => Number(pragma(db, 'user_version'))
