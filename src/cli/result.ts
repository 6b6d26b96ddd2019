import * as E from '#fp/Either'
import type { AppError } from '../app/error.ts'
import { CliError, exitCodes } from './output.ts'

/** The result of a use case, or the end of the command. */
export const resultOrFail = <A>(result: E.Either<AppError, A>): A => {
  if (E.isRight(result)) return result.right
  const { kind, message } = result.left
  throw new CliError(message, kind === 'refused' ? exitCodes.findings : exitCodes.failed)
}
