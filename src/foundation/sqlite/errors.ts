import type { StoreError } from '../store-error.ts'

/** What `node:sqlite` throws. */
export type SqliteError = Error & { readonly errcode: number; readonly errstr: string }

export const isSqliteError = (error: unknown): error is SqliteError =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && 'errstr' in error

/** SQLite did not get a lock in time; a retry may succeed. */
export const isBusy = (error: unknown): boolean =>
  isSqliteError(error) && ((error.errcode & 0xff) === 5 || (error.errcode & 0xff) === 6)

/** Whether a database, or a statement of it, was used after it was closed. */
export const isClosed = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE'

const LOOK_AT_DISK = 'check the disk and the system log, then run this again'

/** By SQLite's primary result code (sqlite.org/rescode.html), the low byte of the extended one. */
export const describeSqliteError = (file: string, { errcode, errstr, message }: SqliteError): StoreError => {
  switch (errcode & 0xff) {
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
      return {
        kind: 'unavailable',
        message: `another process kept ${file} locked; try again when it is done`,
      }
    case 8: // SQLITE_READONLY
      return {
        kind: 'unavailable',
        message: `${file} cannot be written; check its permissions, and whether its disk is read-only`,
      }
    case 13: // SQLITE_FULL
      return { kind: 'unavailable', message: `the disk is full while writing ${file}; free some space on it` }
    case 14: // SQLITE_CANTOPEN
      return {
        kind: 'unusable',
        message: `${file} cannot be opened; check its permissions, and whether its disk is read-only`,
      }
    case 10: // SQLITE_IOERR
      return {
        kind: 'unavailable',
        message: `${file}: reading or writing it failed (${message}, SQLite's code ${errcode}); ${LOOK_AT_DISK}`,
      }
    case 11: // SQLITE_CORRUPT: also SQLite's result for an EIO while it reads a page, so it does not prove damage
      return {
        kind: 'unavailable',
        message:
          `${file}: SQLite could not read a page, or found it malformed (${message}), as when the disk fails; ${LOOK_AT_DISK}. ` +
          'If it fails every time, restore the file from a backup',
      }
    case 26: // SQLITE_NOTADB
      return {
        kind: 'unusable',
        message: `${file} is not a database of Redress, or its beginning was overwritten; name another data folder, or restore the file from a backup`,
      }
    case 19: // SQLITE_CONSTRAINT: our own triggers and keys
      return { kind: 'unavailable', message: `${file} refused a write: ${message}` }
    default:
      return { kind: 'unavailable', message: `${file}: ${message} (${errstr})` }
  }
}
