import * as E from '#fp/Either'
import type { FileError } from '../foundation/files/file-error.ts'
import type { StoreError } from '../foundation/store-error.ts'
import { describeLedgerError } from '../ledger/port.ts'
import type { AppError } from './error.ts'

/** Makes a lower layer's result a use case's: its error is that the use case failed, with this message. */
export const resultWith =
  <L>(describe: (error: L) => string) =>
  <A>(result: E.Either<L, A>): E.Either<AppError, A> =>
    E.isLeft(result) ? E.left({ kind: 'failed', message: describe(result.left) }) : result

export const ledgerResult = resultWith(describeLedgerError)
export const fileResult = resultWith(({ message }: FileError) => message)
export const lettersResult = resultWith(
  ({ message }: StoreError) => `reading or writing the dead letters failed: ${message}`,
)
