import { Option } from 'commander'
import * as E from '#fp/Either'
import type * as TE from '#fp/TaskEither'
import type { Published } from '../../projection/published.ts'
import { describeReportError, type ReportError } from '../../reports/transparency/read.ts'
import { writeNamed } from '../files.ts'
import { CliError, printText, wholeNumber } from '../output.ts'
import { startProgress } from '../progress.ts'
import { openOrFail } from '../published.ts'

/** `--at SEQUENCE`. */
export const reportAtOption = (): Option =>
  new Option(
    '--at <sequence>',
    'as known at this sequence (default: as far as redress project went)',
  ).argParser(wholeNumber(0))

/** What DuckDB may take. */
const MEMORY = '2GB'

type OnProgress = (events: number, total: number) => void

/** Makes a report out of what is published in a data folder, with a progress bar. */
export const fromPublished = async <A>(
  data: string,
  make: (published: Published, onProgress: OnProgress) => TE.TaskEither<ReportError, A>,
): Promise<A> => {
  const published = await openOrFail(data, { memory: MEMORY })
  const progress = startProgress('Counting', 1, 'events')
  try {
    const made = await make(published, progress.update)()
    if (E.isLeft(made)) throw new CliError(describeReportError(made.left))
    return made.right
  } finally {
    progress.stop()
    published.close()
  }
}

/** Writes a report to a file, whole or not at all; without one to standard output. */
export const writeReport = async (text: string, out: string | undefined): Promise<void> => {
  if (out === undefined) printText(text)
  else await writeNamed(out, text)
}
