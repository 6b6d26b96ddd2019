import { Option } from 'commander'
import * as E from '#fp/Either'
import type { AppError } from '../../app/error.ts'
import { writeNamed } from '../files.ts'
import { CliError, exitCodes, printText, wholeNumber } from '../output.ts'
import { startProgress } from '../progress.ts'
import { resultOrFail } from '../result.ts'

/** `--at SEQUENCE`. */
export const reportAtOption = (): Option =>
  new Option(
    '--at <sequence>',
    'as known at this sequence (default: as far as redress project went)',
  ).argParser(wholeNumber(0))

/**
 * Makes a report with a progress bar, or ends the command: what does not make sense in what was asked for is a mistake of
 * the command line.
 */
export const madeOrFail = async <A>(
  make: (onProgress: (done: number, total: number) => void) => Promise<E.Either<AppError, A>>,
): Promise<A> => {
  const progress = startProgress('Counting', 1, 'events')
  const made = await make(progress.update).finally(progress.stop)
  if (E.isLeft(made) && made.left.kind === 'invalid') throw new CliError(made.left.message, exitCodes.usage)
  return resultOrFail(made)
}

/** Writes a report to a file, whole or not at all; without one to standard output. */
export const writeReport = async (text: string, out: string | undefined): Promise<void> => {
  if (out === undefined) printText(text)
  else await writeNamed(out, text)
}
