import * as E from '#fp/Either'
import { describeSystemError, isSystemError, type SystemError } from '../../foundation/file-error.ts'
import type { LedgerError } from '../port.ts'

type SqliteError = Error & { readonly errcode: number; readonly errstr: string }

const isSqliteError = (error: unknown): error is SqliteError =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && 'errstr' in error

/**
 * Runs what touches a database; its failures become tagged values. What is no failure of SQLite or of a stored row
 * is a mistake of ours and is thrown on.
 */
export const attempt = <A>(file: string, work: () => A): E.Either<LedgerError, A> => {
  try {
    return E.right(work())
  } catch (error) {
    if (error instanceof Failure) return E.left(error.error)
    if (error instanceof Damage) return E.left({ kind: 'corrupt', message: error.message })
    if (error instanceof Unusable) return E.left({ kind: 'unusable', message: error.message })
    if (isClosed(error)) return E.left({ kind: 'unavailable', message: `${file} was closed` })
    if (isSystemError(error)) {
      return E.left({ kind: systemErrorKind(error), message: describeSystemError(error, file) })
    }
    if (!isSqliteError(error)) throw error
    return E.left(ledgerError(file, error))
  }
}

/** Thrown inside `attempt` where the error is known already. */
export class Failure extends Error {
  readonly error: LedgerError
  constructor(error: LedgerError) {
    super(error.message)
    this.error = error
  }
}

/**
 * Thrown inside `attempt` where a stored row is not what was written: its hash or its number shows it. A read that
 * failed is no damage.
 */
export class Damage extends Error {}

/** Thrown inside `attempt` where a file can't be used as it is; the message says what to do. */
export class Unusable extends Error {}

/** SQLite has waited for a lock and not got it: the same may work a moment later. */
export const isBusy = (error: unknown): boolean =>
  isSqliteError(error) && ((error.errcode & 0xff) === 5 || (error.errcode & 0xff) === 6)

/** What the disk or the system could not do just now; the rest (permissions, a folder in a file's place) must be changed first. */
const PASSING = new Set(['EIO', 'ENXIO', 'ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'ETIMEDOUT', 'ESTALE'])

const systemErrorKind = ({ code }: SystemError): 'unavailable' | 'unusable' =>
  PASSING.has(code) ? 'unavailable' : 'unusable'

const isClosed = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE'

const LOOK_AT_DISK = 'check the disk and the system log, then run it again'

/** By SQLite's primary result code (sqlite.org/rescode.html), the low byte of the extended one. */
const ledgerError = (file: string, { errcode, errstr, message }: SqliteError): LedgerError => {
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
        message: `${file} may not be written; check its permissions and its disk`,
      }
    case 13: // SQLITE_FULL
      return { kind: 'unavailable', message: `no room is left for ${file}; free some space on its disk` }
    case 14: // SQLITE_CANTOPEN
      return { kind: 'unusable', message: `${file} can't be opened; check that it may be read and written` }
    case 10: // SQLITE_IOERR
      return {
        kind: 'unavailable',
        message: `${file}: reading or writing it failed (${message}, SQLite's code ${errcode}); ${LOOK_AT_DISK}`,
      }
    case 11: // SQLITE_CORRUPT: also what SQLite makes of an EIO while it reads a page, so it is no proof of damage
      return {
        kind: 'unavailable',
        message:
          `${file}: SQLite could not read or understand a page (${message}), as when the disk fails; ${LOOK_AT_DISK}. ` +
          'If it fails every time, put the file back from a backup',
      }
    case 26: // SQLITE_NOTADB
      return {
        kind: 'unusable',
        message: `${file} is not a database of Redress, or its beginning was overwritten; name another data folder, or put the file back from a backup`,
      }
    case 19: // SQLITE_CONSTRAINT: our own triggers and keys
      return { kind: 'unavailable', message: `${file} refused a write: ${message}` }
    default:
      return { kind: 'unavailable', message: `${file}: ${message} (${errstr})` }
  }
}
