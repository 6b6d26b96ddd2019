import * as E from '#fp/Either'

/** Why a use case has no result. The message is one line for people, with what to do. */
export type AppError = {
  readonly kind: /** What was asked for does not make sense. */
    | 'invalid'
    /** What was named is not there. */
    | 'not_found'
    /** The ledger does not take it: it does not fit, or contradicts what is recorded. */
    | 'refused'
    /** A store, a file or a broker did not do what was asked. */
    | 'failed'
  readonly message: string
  /** More to know, such as what is done in spite of it; a line each. */
  readonly details?: ReadonlyArray<string>
}

export const invalid = (message: string): E.Either<AppError, never> => E.left({ kind: 'invalid', message })
export const notFound = (message: string): E.Either<AppError, never> => E.left({ kind: 'not_found', message })
export const refused = (message: string): E.Either<AppError, never> => E.left({ kind: 'refused', message })
export const failed = (message: string): E.Either<AppError, never> => E.left({ kind: 'failed', message })
