import * as E from '#fp/Either'
import type { AppError } from '../app/error.ts'
import { CliError, exitCodes } from './output.ts'
import { type Signal, signalExitCodes } from './signals.ts'

/**
 * The result of a use case; throws `CliError`, which ends the command, if it failed. `signal` is the one that stopped it,
 * if one did.
 */
export const resultOrFail = <A>(result: E.Either<AppError, A>, signal: Signal | null = null): A => {
  if (E.isLeft(result)) throw cliErrorOf(result.left, signal)
  return result.right
}

/** The same, where an invalid request is an error of the command line. */
export const resultOrUsage = <A>(result: E.Either<AppError, A>): A => {
  if (E.isLeft(result) && result.left.kind === 'invalid') throw usageErrorOf(result.left)
  return resultOrFail(result)
}

/** A use case's error as a message and an exit code. */
export const cliErrorOf = (
  { kind, message, options = [], details }: AppError,
  signal: Signal | null = null,
): CliError => {
  if (kind === 'stopped' && signal !== null) {
    return new CliError(`stopped by ${signal}`, signalExitCodes[signal], details)
  }
  return new CliError(
    withOptions(message, options),
    kind === 'refused' ? exitCodes.findings : exitCodes.failed,
    details,
  )
}

/** The error of a request that is invalid as it was typed. */
const usageErrorOf = ({ message, options = [], details }: AppError): CliError =>
  new CliError(withOptions(message, options), exitCodes.usage, details)

const withOptions = (message: string, options: ReadonlyArray<string>): string =>
  options.length === 0 ? message : `${message} (${options.map(optionName).join(', ')})`

/** `withoutDamaged` is `--without-damaged`. */
const optionName = (option: string): string =>
  `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
