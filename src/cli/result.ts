import * as E from '#fp/Either'
import type { AppError } from '../app/error.ts'
import { CliError } from './output.ts'

/** The result of a use case, or the end of the command. */
export const resultOrFail = <A>(result: E.Either<AppError, A>): A => {
  if (E.isLeft(result)) throw new CliError(result.left.message)
  return result.right
}
