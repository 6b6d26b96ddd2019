import type { DatabaseSync } from 'node:sqlite'
import type { FileKind } from '../../foundation/sqlite/database.ts'
import { immutable } from '../../foundation/sqlite/immutable.ts'

/**
 * An identity is looked up among a stream's first events by reading their entries in `events_in_stream`, and among
 * the rest by `events_by_identity`, which most streams are too short for. So an event is usually entered in a single
 * index: in a big ledger, each index costs a page of 4 KiB written per event.
 */
const FIRST_EVENTS = 32

/** SQL for the event of an identity, if there is one. The identity is given as expressions. */
export const eventOfIdentity = (columns: string, stream: string, source: string, id: string): string => {
  const among = (index: string, revisions: string): string =>
    `SELECT ${columns} FROM events INDEXED BY ${index}
          WHERE stream = ${stream} AND revision ${revisions} AND source = ${source} AND id = ${id}`
  return `${among('events_in_stream', `< ${FIRST_EVENTS}`)}
          UNION ALL ${among('events_by_identity', `>= ${FIRST_EVENTS}`)}`
}

const EVENTS = `CREATE TABLE events (
      sequence INTEGER PRIMARY KEY,
      stream INTEGER NOT NULL REFERENCES streams (id),
      revision INTEGER NOT NULL,
      source INTEGER NOT NULL REFERENCES sources (id),
      id TEXT NOT NULL,
      canonical TEXT NOT NULL,
      leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32)
    ) STRICT`

const INDEXES = [
  'CREATE INDEX events_in_stream ON events (stream, revision, source, id)',
  `CREATE INDEX events_by_identity ON events (stream, source, id) WHERE revision >= ${FIRST_EVENTS}`,
]

const onlyNext = (
  sameIdentity: string,
): string => `CREATE TRIGGER events_only_next BEFORE INSERT ON events BEGIN
      SELECT RAISE(ABORT, 'an event takes the next sequence of the ledger')
        WHERE NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM events);
      SELECT RAISE(ABORT, 'an event takes the next revision of its stream')
        WHERE NEW.revision IS NOT (SELECT coalesce(max(revision), -1) + 1 FROM events WHERE stream = NEW.stream);
      SELECT RAISE(ABORT, 'an event is recorded once in its stream')
        WHERE EXISTS (${sameIdentity});
    END`

/**
 * All that is unique is made so by this trigger. UNIQUE constraints would not do: `INSERT OR REPLACE` resolves them by
 * deleting, without firing the trigger on DELETE.
 */
const ONLY_NEXT = onlyNext(eventOfIdentity('1', 'NEW.stream', 'NEW.source', 'NEW.id'))

/** What version 1 had instead. */
const FIRST_VERSION = [
  {
    type: 'table',
    name: 'events',
    sql: EVENTS.replace(
      '\n    ) STRICT',
      ',\n      UNIQUE (stream, revision),\n      UNIQUE (stream, source, id)\n    ) STRICT',
    ),
  },
  {
    type: 'trigger',
    name: 'events_only_next',
    sql: onlyNext('SELECT 1 FROM events WHERE stream = NEW.stream AND source = NEW.source AND id = NEW.id'),
  },
]

/**
 * Makes the unique keys of version 1 indexes, drops these, and leaves the events themselves as they are: copying them
 * into a new table would double the file. SQLite stores the index of a UNIQUE constraint like any other, so only its
 * name and statement change. Does nothing to a file whose schema was altered: the check after an upgrade refuses it.
 */
const dropUniqueKeys = (db: DatabaseSync): void => {
  const found = db.prepare('SELECT 1 FROM sqlite_schema WHERE type = ? AND name = ? AND sql = ?')
  if (!FIRST_VERSION.every(({ type, name, sql }) => found.get(type, name, sql) !== undefined)) return
  db.exec('DROP TRIGGER events_only_next')
  db.enableDefensive(false)
  try {
    db.exec('PRAGMA writable_schema=ON')
    const change = db.prepare('UPDATE sqlite_schema SET name = ?, sql = ? WHERE name = ?')
    change.run('events', EVENTS, 'events')
    change.run(
      'old_key_1',
      'CREATE INDEX old_key_1 ON events (stream, revision)',
      'sqlite_autoindex_events_1',
    )
    change.run(
      'old_key_2',
      'CREATE INDEX old_key_2 ON events (stream, source, id)',
      'sqlite_autoindex_events_2',
    )
  } finally {
    // Also reads the schema again.
    db.exec('PRAGMA writable_schema=RESET')
    db.enableDefensive(true)
  }
  db.exec('DROP INDEX old_key_1; DROP INDEX old_key_2')
  for (const statement of [...INDEXES, ONLY_NEXT]) db.exec(statement)
}

/** The events. Names of streams and sources have tables of their own because they recur. */
export const ledgerFile: FileKind = {
  name: 'ledger',
  applicationId: 'RdrL',
  version: 2,
  schema: [
    'CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT',
    'CREATE TABLE sources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT',
    EVENTS,
    ...INDEXES,
    ...['streams', 'sources', 'events'].flatMap(immutable),
    ...['streams', 'sources'].map(
      (table) => `CREATE TRIGGER ${table}_only_new BEFORE INSERT ON ${table}
      WHEN EXISTS (SELECT 1 FROM ${table} WHERE id = NEW.id OR name = NEW.name)
      BEGIN SELECT RAISE(ABORT, '${table} are never replaced'); END`,
    ),
    ONLY_NEXT,
  ],
  upgrades: { 1: [dropUniqueKeys] },
}
