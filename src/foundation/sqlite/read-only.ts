import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { Unusable } from '../attempt.ts'
import { mayWrite } from '../files/may-write.ts'
import {
  assertOurs,
  assertSqlite,
  BUSY_TIMEOUT,
  type FileKind,
  notUpgraded,
  openDatabase,
} from './database.ts'
import { type AssertInPlace, openInPlace } from './in-place.ts'

/** An open database file. */
export type OpenFile = {
  readonly db: DatabaseSync
  /**
   * Whether it was written to although it was opened as immutable: then what was read since may be neither the old
   * state nor the new one.
   */
  readonly wasWritten: () => boolean
  /**
   * See `in-place.ts`; throws `Unusable` if a newer Redress has upgraded the file. Does nothing for a file that is
   * only read.
   */
  readonly assertInPlace: AssertInPlace
}

/** How a store opens its files. Throws `Unusable` or what SQLite throws. */
export type Opener = (path: string, kind: FileKind) => OpenFile

export const forWriting: Opener = (path, kind) => {
  const [db, assertInPlace] = openInPlace(path, () => openDatabase(path, kind))
  const assertNotUpgraded = notUpgraded(db, path, kind)
  return {
    db,
    wasWritten: () => false,
    assertInPlace: () => {
      assertInPlace()
      assertNotUpgraded()
    },
  }
}

/**
 * The same for a file that can be made again: nothing waits for the disk, so a power failure can lose what was written or
 * damage the file, and nobody looks after each commit whether it is still in its place.
 */
export const forDisposable: Opener = (path, kind) => {
  const { db } = forWriting(path, kind)
  db.exec('PRAGMA synchronous=OFF')
  return unchecked(db)
}

const unchecked = (db: DatabaseSync, wasWritten: () => boolean = () => false): OpenFile => ({
  db,
  wasWritten,
  assertInPlace: () => {},
})

/**
 * Opens an existing file, for commands that only read: as usual if it can be written, and without a trace if not (a
 * read-only medium, another user's folder). SQLite needs the files `-wal` and `-shm` next to a database in WAL mode,
 * and creates them. If it cannot:
 * - without `-wal`, everything is in the file itself, which is opened as `immutable`;
 * - with `-wal` and `-shm`, as a running or killed process leaves them, SQLite reads all three as they are;
 * - with `-wal` alone, as after copying the files, SQLite must create `-shm`: in a private copy of both. With
 * `immutable` it would ignore the `-wal`, and miss the last events.
 */
export const forReading: Opener = (path, kind) => {
  if (!existsSync(path)) throw new Unusable(`${path} is missing; restore it from a backup`)
  if (isWritable(path)) return forWriting(path, kind)
  assertSqlite(process.versions.sqlite)
  const file = openUntouched(path)
  try {
    file.db.exec('PRAGMA trusted_schema=OFF')
    assertOurs(file.db, path, kind)
    return file
  } catch (error) {
    file.db.close()
    throw error
  }
}

/** Opens an existing database of any kind, to copy it. */
export const openSource = (path: string): OpenFile =>
  isWritable(path) ? unchecked(new DatabaseSync(path, { timeout: BUSY_TIMEOUT })) : openUntouched(path)

const openUntouched = (path: string): OpenFile => {
  const state = stateOf(path)
  if (sizeOf(`${path}-wal`) === 0) {
    return unchecked(openUri(path, { immutable: '1' }), () => stateOf(path) !== state)
  }
  const db = existsSync(`${path}-shm`)
    ? openUri(path, {})
    : openPrivateCopy(path, (copy) => new DatabaseSync(copy))
  return unchecked(db)
}

/** The same, but a missing file is read as an empty one, and not created. */
export const forReadingIfThere: Opener = (path, kind) => {
  if (existsSync(path)) return forReading(path, kind)
  const db = new DatabaseSync(':memory:')
  for (const statement of kind.schema) db.exec(statement)
  return unchecked(db)
}

/** Whether a file, and those that SQLite creates next to it, can be written or created. */
export const isWritable = (path: string): boolean =>
  mayWrite(dirname(path)) && (!existsSync(path) || mayWrite(path))

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

const stateOf = (path: string): string => {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return [stats?.ino, stats?.size, stats?.mtimeNs, sizeOf(`${path}-wal`)].join(' ')
}

const openUri = (path: string, parameters: Readonly<Record<string, string>>): DatabaseSync => {
  const url = pathToFileURL(path)
  for (const [name, value] of Object.entries({ mode: 'ro', ...parameters })) url.searchParams.set(name, value)
  return new DatabaseSync(url, { readOnly: true, timeout: BUSY_TIMEOUT })
}

/**
 * Opens a private copy of a file, with those next to it, that is deleted when it is closed. A missing file starts
 * empty.
 */
export const openPrivateCopy = (path: string, open: (copy: string) => DatabaseSync): DatabaseSync => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-copy-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const copy = join(folder, basename(path))
  try {
    for (const suffix of ['', '-wal']) {
      if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix)
    }
    const db = open(copy)
    // SQLite opens the files next to it at the first read.
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    return db
  } finally {
    // Open files survive without names, so nothing is left behind however this process ends. Windows does not support
    // that.
    if (process.platform === 'win32') process.once('exit', remove)
    else remove()
  }
}
