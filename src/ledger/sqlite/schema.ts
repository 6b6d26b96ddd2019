import type { FileKind } from '../../foundation/sqlite/database.ts'
import { immutable } from '../../foundation/sqlite/immutable.ts'

/**
 * The events. Names of streams and sources have tables of their own because they recur. The trigger on INSERT does
 * more than the UNIQUE constraints, which `INSERT OR REPLACE` resolves by deleting without firing the trigger on
 * DELETE: an event takes the next place in the ledger and in its stream, and an identity new to its stream.
 */
export const ledgerFile: FileKind = {
  name: 'ledger',
  applicationId: 'RdrL',
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
