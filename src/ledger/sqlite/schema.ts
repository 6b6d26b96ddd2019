import type { FileKind } from '../../foundation/sqlite/database.ts'

/** A table whose rows never change and never go: whoever tries is told so, whatever tool it is. */
const immutable = (table: string): ReadonlyArray<string> =>
  ['UPDATE', 'DELETE'].map(
    (verb) => `CREATE TRIGGER ${table}_no_${verb.toLowerCase()} BEFORE ${verb} ON ${table}
      BEGIN SELECT RAISE(ABORT, '${table} are never changed or deleted'); END`,
  )

/** SQLite's application_id from four ASCII letters. */
const fourLetters = (letters: string): number => Buffer.from(letters, 'latin1').readInt32BE()

/**
 * The events. Names of streams and sources stand in tables of their own, for they recur. The trigger on INSERT does
 * more than the UNIQUE constraints, which `INSERT OR REPLACE` resolves by deleting without asking the trigger on
 * DELETE: an event takes the next place in the ledger and in its stream, and an identity new to its stream.
 */
export const ledgerFile: FileKind = {
  name: 'ledger',
  applicationId: fourLetters('RdrL'),
  version: 1,
  schema: [
    `CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT`,
    `CREATE TABLE sources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT`,
    `CREATE TABLE events (
      sequence INTEGER PRIMARY KEY,
      stream INTEGER NOT NULL REFERENCES streams (id),
      revision INTEGER NOT NULL,
      source INTEGER NOT NULL REFERENCES sources (id),
      id TEXT NOT NULL,
      canonical TEXT NOT NULL,
      leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),
      UNIQUE (stream, revision),
      UNIQUE (stream, source, id)
    ) STRICT`,
    ...['streams', 'sources', 'events'].flatMap(immutable),
    ...['streams', 'sources'].map(
      (table) => `CREATE TRIGGER ${table}_only_new BEFORE INSERT ON ${table}
      WHEN EXISTS (SELECT 1 FROM ${table} WHERE id = NEW.id OR name = NEW.name)
      BEGIN SELECT RAISE(ABORT, '${table} are never replaced'); END`,
    ),
    `CREATE TRIGGER events_only_next BEFORE INSERT ON events BEGIN
      SELECT RAISE(ABORT, 'an event takes the next sequence of the ledger')
        WHERE NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM events);
      SELECT RAISE(ABORT, 'an event takes the next revision of its stream')
        WHERE NEW.revision IS NOT (SELECT coalesce(max(revision), -1) + 1 FROM events WHERE stream = NEW.stream);
      SELECT RAISE(ABORT, 'an event is recorded once in its stream')
        WHERE EXISTS (SELECT 1 FROM events WHERE stream = NEW.stream AND source = NEW.source AND id = NEW.id);
    END`,
  ],
}

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
  applicationId: fourLetters('RdrV'),
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
  applicationId: fourLetters('RdrK'),
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
