import * as E from '#fp/Either'

/** Why a use case has no result. The message is one line for people and says what to do. */
export type AppError = {
  readonly kind: /** The request is invalid. */
    | 'invalid'
    /** What was named does not exist. */
    | 'not_found'
    /** The ledger rejects it: it is invalid, or contradicts what is recorded. */
    | 'refused'
    /** A store, a file or a broker failed. */
    | 'failed'
    /** Its caller stopped it. */
    | 'stopped'
  readonly message: string
  /** The options that the message is about, by their names here: each caller has its own way to write them. */
  readonly options?: ReadonlyArray<string>
  /** Further lines, such as what was done before the failure. */
  readonly details?: ReadonlyArray<string>
}

const errorOf =
  (kind: AppError['kind']) =>
  (message: string, ...options: ReadonlyArray<string>): E.Either<AppError, never> =>
    E.left({ kind, message, ...(options.length === 0 ? {} : { options }) })

export const invalid = errorOf('invalid')
export const notFound = errorOf('not_found')
export const refused = errorOf('refused')
export const failed = errorOf('failed')
