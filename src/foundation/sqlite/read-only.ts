import { accessSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { Unusable } from '../attempt.ts'
import {
  assertNotUpgraded,
  assertOurs,
  assertSqlite,
  BUSY_TIMEOUT,
  type FileKind,
  openDatabase,
} from './database.ts'
import { type AssertInPlace, openInPlace } from './in-place.ts'

/** A database file that is open. */
export type OpenFile = {
  readonly db: DatabaseSync
  /**
   * Whether it was written to although it was opened as a file that nobody writes: then what was read since may be neither
   * the old state nor the new one.
   */
  readonly wasWritten: () => boolean
  /**
   * See `in-place.ts`; throws `Unusable` when a newer Redress has upgraded the file. Does nothing for a file that is only
   * read.
   */
  readonly assertInPlace: AssertInPlace
}

/** How a store opens its files. Throws `Unusable` or what SQLite throws. */
export type Opener = (path: string, kind: FileKind) => OpenFile

export const forWriting: Opener = (path, kind) => {
  const [db, assertInPlace] = openInPlace(path, () => openDatabase(path, kind))
  return {
    db,
    wasWritten: () => false,
    assertInPlace: () => {
      assertInPlace()
      assertNotUpgraded(db, path, kind)
    },
  }
}

const onlyRead = (db: DatabaseSync, wasWritten: () => boolean = () => false): OpenFile => ({
  db,
  wasWritten,
  assertInPlace: () => {},
})

/**
 * Opens a file that is there, for commands that only read: as usual where it may be written, and without a trace where it
 * may not (a read-only medium, another user's folder). SQLite needs the files `-wal` and `-shm` beside a database in WAL
 * mode, and makes them. Where it cannot:
 *
 * - without `-wal` all is in the file itself, which is read as one that nobody changes (`immutable`);
 * - with `-wal` and `-shm`, as a process that is at work or was killed leaves them, SQLite reads all three as they are;
 * - with `-wal` alone, as somebody leaves it who copied the files, SQLite has to make `-shm`: in a private copy of both.
 *   With `immutable` it would not look at the `-wal`, and miss the last events.
 */
export const forReading: Opener = (path, kind) => {
  if (!existsSync(path)) throw new Unusable(`${path} is missing; put it back from a backup`)
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

/** Opens a database of any kind that is there, to copy it. */
export const openSource = (path: string): OpenFile =>
  isWritable(path) ? onlyRead(new DatabaseSync(path, { timeout: BUSY_TIMEOUT })) : openUntouched(path)

const openUntouched = (path: string): OpenFile => {
  const state = stateOf(path)
  if (sizeOf(`${path}-wal`) === 0) {
    return onlyRead(openUri(path, { immutable: '1' }), () => stateOf(path) !== state)
  }
  const db = existsSync(`${path}-shm`)
    ? openUri(path, {})
    : openPrivateCopy(path, (copy) => new DatabaseSync(copy))
  return onlyRead(db)
}

/** The same, where a file that is missing holds nothing: it is read as an empty one, and not made. */
export const forReadingIfThere: Opener = (path, kind) => {
  if (existsSync(path)) return forReading(path, kind)
  const db = new DatabaseSync(':memory:')
  for (const statement of kind.schema) db.exec(statement)
  return onlyRead(db)
}

/** Whether a file, and what SQLite lays beside it, can be written, or made. */
export const isWritable = (path: string): boolean =>
  mayWrite(dirname(path)) && (!existsSync(path) || mayWrite(path))

const mayWrite = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

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
 * Opens a copy of a file, with what lies beside it, that only this process sees and that goes with it. A file that is
 * missing is begun there.
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
    // SQLite opens what lies beside it with the first read.
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    return db
  } finally {
    // The open files live on without names: so nothing is left behind, however this process ends. Windows has no such files.
    if (process.platform === 'win32') process.once('exit', remove)
    else remove()
  }
}
