import { Option } from 'commander'
import type * as E from '#fp/Either'
import type { AppError } from '../../app/error.ts'
import { writeNamed } from '../files.ts'
import { printText, wholeNumber } from '../output.ts'
import { startProgress } from '../progress.ts'
import { resultOrUsage } from '../result.ts'

/** `--at SEQUENCE`. */
export const reportAtOption = (): Option =>
  new Option(
    '--at <sequence>',
    'report what was known at this sequence (default: the last one projected)',
  ).argParser(wholeNumber(0))

/**
 * Makes a report with a progress bar; throws `CliError`, which ends the command, if it fails. An invalid request is a usage
 * error.
 */
export const reportOrFail = async <A>(
  make: (onProgress: (done: number, total: number) => void) => Promise<E.Either<AppError, A>>,
): Promise<A> => {
  const progress = startProgress('Counting', 1, 'events')
  const report = await make(progress.update).finally(progress.stop)
  return resultOrUsage(report)
}

/** Writes a report to a file, atomically, or to standard output. */
export const writeReport = async (text: string, out: string | undefined): Promise<void> => {
  if (out === undefined) printText(text)
  else await writeNamed(out, text)
}
