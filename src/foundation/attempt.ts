import * as E from '#fp/Either'
import { describeSystemError, isSystemError, type SystemError } from './files/file-error.ts'
import { describeSqliteError, isClosed, isSqliteError } from './sqlite/errors.ts'
import type { StoreError } from './store-error.ts'

/**
 * Runs what uses a database; its failures become tagged values. Anything but a failure of SQLite or of a stored row
 * is a bug of ours and is rethrown.
 */
export const attempt = <A>(file: string, work: () => A): E.Either<StoreError, A> => {
  try {
    return E.right(work())
  } catch (error) {
    if (error instanceof Damage) return E.left({ kind: 'corrupt', message: error.message })
    if (error instanceof Unavailable) return E.left({ kind: 'unavailable', message: error.message })
    if (error instanceof Unusable) return E.left({ kind: 'unusable', message: error.message })
    if (isClosed(error)) return E.left({ kind: 'unavailable', message: `${file} was closed` })
    if (isSystemError(error)) {
      return E.left({ kind: systemErrorKind(error), message: describeSystemError(error, file) })
    }
    if (!isSqliteError(error)) throw error
    return E.left(describeSqliteError(file, error))
  }
}

/**
 * Thrown inside `attempt` if a stored row is not what was written, as its hash or its number shows. A failed read is
 * not damage.
 */
export class Damage extends Error {}

/** Thrown inside `attempt` if a store cannot do what was asked now; the message says what to do. */
export class Unavailable extends Error {}

/** Thrown inside `attempt` if a file cannot be used as it is; the message says what to do. */
export class Unusable extends Error {}

/**
 * Failures of the disk or system that may pass; the others (permissions, a folder in place of a file) must be fixed
 * first.
 */
const PASSING = new Set(['EIO', 'ENXIO', 'ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'ETIMEDOUT', 'ESTALE'])

const systemErrorKind = ({ code }: SystemError): 'unavailable' | 'unusable' =>
  PASSING.has(code) ? 'unavailable' : 'unusable'
