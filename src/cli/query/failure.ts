import * as E from '#fp/Either'
import type { QueryError } from '../../app/query/error.ts'
import { CliError, exitCodes } from '../output.ts'
import { signalExitCodes } from '../signals.ts'

/** The error of a query as a message and an exit code. */
export const describeQueryError = ({ message, details, stoppedBy }: QueryError): CliError =>
  new CliError(message, stoppedBy === null ? exitCodes.failed : signalExitCodes[stoppedBy], details)

/** Throws `CliError`, which ends the command, if a query failed. */
export const answeredOrFail = (answered: E.Either<QueryError, void>): void => {
  if (E.isLeft(answered)) throw describeQueryError(answered.left)
}
