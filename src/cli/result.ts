import * as E from '#fp/Either'
import type { AppError } from '../app/error.ts'
import { CliError, exitCodes } from './output.ts'

/** The result of a use case; throws `CliError`, which ends the command, if it failed. */
export const resultOrFail = <A>(result: E.Either<AppError, A>): A => {
  if (E.isLeft(result)) throw cliErrorOf(result.left)
  return result.right
}

/** A use case's error as a message and an exit code. */
export const cliErrorOf = ({ kind, message, details }: AppError): CliError =>
  new CliError(message, kind === 'refused' ? exitCodes.findings : exitCodes.failed, details)
