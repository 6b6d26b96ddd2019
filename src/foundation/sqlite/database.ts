import { closeSync, existsSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { Unusable } from '../attempt.ts'

/** One kind of database file: its id, and the statements that create it. */
export type FileKind = {
  /** For people: `ledger`, `vault`, `keys`. */
  readonly name: string
  /** SQLite's application_id, as four ASCII letters. */
  readonly applicationId: string
  /** The lower half of SQLite's user_version: one more with every change of the schema. The upper half is the file's own. */
  readonly version: number
  readonly schema: ReadonlyArray<string>
  /** The steps to the next version, by the version that a file has. Omitted: there was none before. */
  readonly upgrades?: Readonly<Record<number, ReadonlyArray<UpgradeStep>>>
}

/** A statement or, where SQL is not enough, code. It runs in the one transaction of the upgrade. */
type UpgradeStep = string | ((db: DatabaseSync) => void)

/** SQLite below this can damage a WAL file when it is reset (sqlite.org/wal.html, "The WAL-reset bug"). */
const OLDEST_SQLITE = [3, 51, 3] as const
/** How long a process waits for another one's lock, in ms. */
export const BUSY_TIMEOUT = 10_000
/** Memory that SQLite may use for pages, in KiB. */
const CACHE_KIB = 65_536
/** The WAL is written back into the file at this many pages (of 4 KiB). */
const CHECKPOINT_PAGES = 16_000

/**
 * Opens a database file, creating it if it is missing, and checks what durability depends on: WAL,
 * `synchronous=FULL`, a suitable SQLite, our own schema unaltered. A file of an older schema is upgraded. Throws
 * `Unusable` or what SQLite throws.
 */
export const openDatabase = (path: string, kind: FileKind): DatabaseSync => {
  assertSqlite(process.versions.sqlite)
  // Readable by the owner alone from the first byte; SQLite gives the files next to it the same mode.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT })
  try {
    refuseForeign(db, path, kind)
    // fullfsync: macOS keeps what plain fsync "wrote" in the drive's cache; elsewhere it does nothing.
    db.exec(
      'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA fullfsync=ON; PRAGMA trusted_schema=OFF',
    )
    // Indexes are written all over the file: with 2 MB of cache and a checkpoint every 4 MB (the defaults), a third
    // slower.
    db.exec(`PRAGMA cache_size=${-CACHE_KIB}; PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES}`)
    assertPragma(db, path, 'journal_mode', 'wal')
    assertPragma(db, path, 'synchronous', 2)
    createSchema(db, kind)
    upgrade(db, path, kind)
    assertSchema(db, path, kind)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Throws `Unusable` when SQLite is older than the one that the store needs. */
export const assertSqlite = (version: string | undefined): void => {
  const found = (version ?? '0').split('.').map(Number)
  for (const [i, least] of OLDEST_SQLITE.entries()) {
    const part = found[i] ?? 0
    if (part > least) return
    if (part < least) {
      throw new Unusable(
        `Node's SQLite is ${version}, but ${OLDEST_SQLITE.join('.')} or newer is needed: update Node`,
      )
    }
  }
}

/** The value of a pragma that has one. */
export const pragma = (db: DatabaseSync, name: string): unknown => preparedPragma(db, name)()

/** The same for one that is read again and again: it is prepared once. */
export const preparedPragma = (db: DatabaseSync, name: string): (() => unknown) => {
  const statement = db.prepare(`PRAGMA ${name}`)
  return () => Object.values(statement.get() ?? {})[0]
}

const assertPragma = (db: DatabaseSync, path: string, name: string, value: unknown): void => {
  const found = pragma(db, name)
  if (found !== value) {
    throw new Unusable(
      `${path}: SQLite reports ${name}=${found} instead of ${value}, so writes would not be durable; use a local disk`,
    )
  }
}

const isNew = (db: DatabaseSync): boolean =>
  pragma(db, 'application_id') === 0 &&
  pragma(db, 'user_version') === 0 &&
  db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined

const applicationIdOf = ({ applicationId }: FileKind): number =>
  Buffer.from(applicationId, 'latin1').readInt32BE()

/** The number of schema versions that can be distinguished. */
export const SCHEMA_VERSIONS = 0x1_0000

const schemaVersion = (db: DatabaseSync): number => Number(pragma(db, 'user_version')) % SCHEMA_VERSIONS

/** Throws `Unusable` on a file of another kind, or of a version that this Redress can neither read nor upgrade. */
export const refuseForeign = (db: DatabaseSync, path: string, kind: FileKind): void => {
  if (isNew(db)) return
  if (pragma(db, 'application_id') !== applicationIdOf(kind)) {
    throw new Unusable(`${path} is a database, but not a ${kind.name} of Redress; name another data folder`)
  }
  const version = schemaVersion(db)
  if (version > kind.version) {
    throw new Unusable(
      `${path} was written by a newer Redress (schema ${version}, this one knows ${kind.version}): update Redress`,
    )
  }
  if (version < kind.version && kind.upgrades?.[version] === undefined) {
    throw new Unusable(
      `${path} has schema ${version}, which this Redress (schema ${kind.version}) cannot upgrade: open it with an earlier Redress first`,
    )
  }
}

/** Throws `Unusable` unless a read-only file is of this kind and version, with its schema unaltered. */
export const assertOurs = (db: DatabaseSync, path: string, kind: FileKind): void => {
  if (isNew(db)) throw new Unusable(`${path} is empty and not a ${kind.name}; restore it from a backup`)
  refuseForeign(db, path, kind)
  const version = schemaVersion(db)
  if (version !== kind.version) {
    throw new Unusable(
      `${path} has schema ${version} and must be upgraded to ${kind.version}, but cannot be written: ` +
        'run the same command on a writable copy of the data folder',
    )
  }
  assertSchema(db, path, kind)
}

const createSchema = (db: DatabaseSync, kind: FileKind): void => {
  if (!isNew(db)) return
  inTransaction(db, () => {
    // Checked again under the lock: another process may have been faster.
    if (!isNew(db)) return
    for (const statement of kind.schema) db.exec(statement)
    db.exec(`PRAGMA application_id=${applicationIdOf(kind)}; PRAGMA user_version=${kind.version}`)
  })
}

/**
 * A check, to be called after each commit, that throws `Unusable` if an open file no longer has the version that it had when
 * it was opened: a newer Redress has upgraded it since, and may not expect what this one writes.
 */
export const notUpgraded = (db: DatabaseSync, path: string, kind: FileKind): (() => void) => {
  const read = preparedPragma(db, 'user_version')
  return () => {
    const version = Number(read()) % SCHEMA_VERSIONS
    if (version === kind.version) return
    throw new Unusable(
      `a newer Redress has upgraded ${path} while it was in use (schema ${version}, this one knows ${kind.version}); ` +
        'nothing more is acknowledged: update Redress, and run this again',
    )
  }
}

/** Upgrades a file from its version to the current one, completely or not at all. */
const upgrade = (db: DatabaseSync, path: string, kind: FileKind): void => {
  if (schemaVersion(db) === kind.version) return
  // What an upgrade deletes is overwritten: it may be something that must no longer be stored unsealed.
  db.exec('PRAGMA secure_delete=ON')
  inTransaction(db, () => {
    // Checked again under the lock: another process may have been faster, possibly a newer Redress.
    refuseForeign(db, path, kind)
    for (let from = schemaVersion(db); from < kind.version; from++) {
      for (const step of kind.upgrades?.[from] ?? []) {
        if (typeof step === 'string') db.exec(step)
        else step(db)
      }
    }
    const user = Number(pragma(db, 'user_version'))
    db.exec(`PRAGMA user_version=${user - schemaVersion(db) + kind.version}`)
    // Before the commit: a file that was altered before stays unchanged for an investigation.
    assertSchema(db, path, kind)
  })
}

/** Runs `work` in a transaction that holds the write lock from its start: all of it takes effect, or nothing. */
export const inTransaction = <A>(db: DatabaseSync, work: () => A): A => {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK')
  }
}

/**
 * Writes the write-ahead log back into the file and truncates it, so that it holds no earlier state of a page. False:
 * another process is using it now.
 */
export const emptyLog = (db: DatabaseSync): boolean =>
  db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0

/**
 * Dropping a trigger makes it possible to rewrite history, so the schema must match the one that this code creates
 * exactly.
 */
const assertSchema = (db: DatabaseSync, path: string, kind: FileKind): void => {
  const model = new DatabaseSync(':memory:')
  for (const statement of kind.schema) model.exec(statement)
  const wanted = describeSchema(model)
  model.close()
  if (describeSchema(db) !== wanted) {
    throw new Unusable(
      `the schema of ${path} was altered; restore it from a backup, and find out what altered it`,
    )
  }
}

const describeSchema = (db: DatabaseSync): string =>
  JSON.stringify(
    db
      .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2")
      .all(),
  )
