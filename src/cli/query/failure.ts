import * as E from '#fp/Either'
import type { QueryError } from '../../app/query/error.ts'
import { CliError, exitCodes } from '../output.ts'
import { signalExitCodes } from '../signals.ts'

/** What is said of a query that has no answer, and the exit code. */
export const describeQueryError = ({ message, details, stoppedBy }: QueryError): CliError =>
  new CliError(message, stoppedBy === null ? exitCodes.failed : signalExitCodes[stoppedBy], details)

/** The end of the command where a query was not answered. */
export const answeredOrFail = (answered: E.Either<QueryError, void>): void => {
  if (E.isLeft(answered)) throw describeQueryError(answered.left)
}
