import type { FileKind } from '../../foundation/sqlite/database.ts'
import { immutable } from '../../foundation/sqlite/immutable.ts'

/** What is kept by its SHA-256. The same again is left as it is, so nothing is ever overwritten. */
const byHash = (table: string, column: string): ReadonlyArray<string> => [
  `CREATE TABLE ${table} (sha256 TEXT PRIMARY KEY, ${column} NOT NULL) STRICT`,
  ...immutable(table),
  `CREATE TRIGGER ${table}_only_new BEFORE INSERT ON ${table}
      WHEN EXISTS (SELECT 1 FROM ${table} WHERE sha256 = NEW.sha256)
      BEGIN SELECT RAISE(IGNORE); END`,
]

/** Rulesets' documents and the ciphertexts of sealed texts. */
export const vaultFile: FileKind = {
  name: 'vault',
  applicationId: 'RdrV',
  version: 1,
  schema: [...byHash('documents', 'canonical TEXT'), ...byHash('ciphertexts', 'bytes BLOB')],
}

/** Each dead letter's key by the letter's hash, and the key of these hashes. A destroyed key leaves no row. */
const letterKeys: ReadonlyArray<string> = [
  `CREATE TABLE letter_keys (
      letter TEXT PRIMARY KEY,
      bytes BLOB NOT NULL CHECK (length(bytes) = 32)
    ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE letter_hash_key (
      the_one INTEGER PRIMARY KEY CHECK (the_one = 1),
      bytes BLOB NOT NULL CHECK (length(bytes) = 32)
    ) STRICT`,
]

/** The keys of accounts and of dead letters. An account's destroyed key leaves its row without its bytes, to tell it from a lost one. */
export const keysFile: FileKind = {
  name: 'file of keys',
  applicationId: 'RdrK',
  version: 2,
  schema: [
    `CREATE TABLE keys (
      key_id TEXT PRIMARY KEY,
      account TEXT NOT NULL,
      bytes BLOB CHECK (length(bytes) = 32)
    ) STRICT`,
    'CREATE UNIQUE INDEX one_living_key ON keys (account) WHERE bytes IS NOT NULL',
    ...letterKeys,
  ],
  upgrades: { 1: letterKeys },
}
