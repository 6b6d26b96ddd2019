import * as E from '#fp/Either'
import { describeSystemError, isSystemError, type SystemError } from './files/file-error.ts'
import { describeSqliteError, isClosed, isSqliteError } from './sqlite/errors.ts'
import type { StoreError } from './store-error.ts'

/**
 * Runs what touches a database; its failures become tagged values. What is no failure of SQLite or of a stored row
 * is a mistake of ours and is thrown on.
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
 * Thrown inside `attempt` where a stored row is not what was written: its hash or its number shows it. A read that
 * failed is no damage.
 */
export class Damage extends Error {}

/** Thrown inside `attempt` where a store does not do what was asked just now; the message says what to do. */
export class Unavailable extends Error {}

/** Thrown inside `attempt` where a file can't be used as it is; the message says what to do. */
export class Unusable extends Error {}

/** What the disk or the system could not do just now; the rest (permissions, a folder in a file's place) must be changed first. */
const PASSING = new Set(['EIO', 'ENXIO', 'ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'ETIMEDOUT', 'ESTALE'])

const systemErrorKind = ({ code }: SystemError): 'unavailable' | 'unusable' =>
  PASSING.has(code) ? 'unavailable' : 'unusable'
