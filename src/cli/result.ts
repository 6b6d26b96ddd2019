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

/** A use case's error as a message and an exit code. */
export const cliErrorOf = (
  { kind, message, options = [], details }: AppError,
  signal: Signal | null = null,
): CliError => {
  if (kind === 'stopped' && signal !== null) {
    return new CliError(`stopped by ${signal}`, signalExitCodes[signal], details)
  }
  const named = options.length === 0 ? message : `${message} (${options.map(optionName).join(', ')})`
  return new CliError(named, kind === 'refused' ? exitCodes.findings : exitCodes.failed, details)
}

/** `withoutDamaged` is `--without-damaged`. */
const optionName = (option: string): string =>
  `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
