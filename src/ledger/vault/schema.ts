import type { FileKind } from '../../foundation/sqlite/database.ts'
import { immutable } from '../../foundation/sqlite/immutable.ts'

/** What is stored by its SHA-256. A second insert is ignored, so nothing is ever overwritten. */
const byHash = (table: string, column: string): ReadonlyArray<string> => [
  `CREATE TABLE ${table} (sha256 TEXT PRIMARY KEY, ${column} NOT NULL) STRICT`,
  ...immutable(table),
  `CREATE TRIGGER ${table}_only_new BEFORE INSERT ON ${table}
      WHEN EXISTS (SELECT 1 FROM ${table} WHERE sha256 = NEW.sha256)
      BEGIN SELECT RAISE(IGNORE); END`,
]

/** Documents and the ciphertexts of sealed texts. */
export const vaultFile: FileKind = {
  name: 'vault',
  applicationId: 'RdrV',
  version: 1,
  schema: [...byHash('documents', 'canonical TEXT'), ...byHash('ciphertexts', 'bytes BLOB')],
}

/** Each dead letter's key by the letter's hash. A destroyed key leaves no row. */
const LETTER_KEYS = `CREATE TABLE letter_keys (
      letter TEXT PRIMARY KEY,
      bytes BLOB NOT NULL CHECK (length(bytes) = 32)
    ) STRICT, WITHOUT ROWID`

/** The key of these hashes. */
const LETTER_HASH_KEY = `CREATE TABLE letter_hash_key (
      the_one INTEGER PRIMARY KEY CHECK (the_one = 1),
      bytes BLOB NOT NULL CHECK (length(bytes) = 32)
    ) STRICT`

/**
 * The keys of accounts and of dead letters. A destroyed key of an account leaves a row without bytes, to distinguish
 * it from a lost one.
 */
export const keysFile: FileKind = {
  name: 'file of keys',
  applicationId: 'RdrK',
  version: 3,
  schema: [
    `CREATE TABLE keys (
      key_id TEXT PRIMARY KEY,
      account TEXT NOT NULL,
      bytes BLOB CHECK (length(bytes) = 32)
    ) STRICT`,
    'CREATE UNIQUE INDEX one_living_key ON keys (account) WHERE bytes IS NOT NULL',
    LETTER_KEYS,
    LETTER_HASH_KEY,
  ],
  upgrades: {
    1: [LETTER_KEYS, LETTER_HASH_KEY],
    // The first files of version 2 have row ids in this table, the later ones do not.
    2: [
      'ALTER TABLE letter_keys RENAME TO old_letter_keys',
      LETTER_KEYS,
      'INSERT INTO letter_keys SELECT letter, bytes FROM old_letter_keys',
      'DROP TABLE old_letter_keys',
    ],
  },
}
