import { join } from 'node:path'
import * as E from '#fp/Either'
import type { FileError } from '../../foundation/files/file-error.ts'
import { makeFolder } from '../../foundation/files/folder.ts'
import { writeFile } from '../../foundation/files/write-file.ts'
import { csvField, csvLine } from '../../foundation/text/csv.ts'
import { jsonText } from '../../foundation/text/json-text.ts'
import { rowClasses } from '../result/counts.ts'
import { sweepSvg } from './chart.ts'
import type { SweepReport } from './report.ts'

/** The files of a sweep. */
export const sweepFiles = ['sweep.csv', 'sweep.svg', 'sweep.json'] as const

/** Writes a sweep's files into a folder, which is created if missing. */
export const writeSweep = async (dir: string, report: SweepReport): Promise<E.Either<FileError, void>> => {
  const made = await makeFolder(dir)
  if (E.isLeft(made)) return made
  const contents: Readonly<Record<(typeof sweepFiles)[number], string>> = {
    'sweep.csv': sweepCsv(report),
    'sweep.svg': sweepSvg(report),
    'sweep.json': `${jsonText(sweepJson(report), 2)}\n`,
  }
  for (const name of sweepFiles) {
    const written = await writeFile(join(dir, name), contents[name])
    if (E.isLeft(written)) return written
  }
  return E.right(undefined)
}

/** A report as JSON: thresholds are numbers. */
export const sweepJson = ({ steps, ...report }: SweepReport) => ({
  ...report,
  steps: steps.map(({ threshold, ...step }) => ({ threshold: Number(threshold), ...step })),
})

/** One line per threshold, all classes. */
const sweepCsv = ({ steps }: SweepReport): string =>
  [
    csvLine(['threshold', 'current', ...rowClasses]),
    ...steps.map(({ threshold, isCurrent, classes }) =>
      csvLine([threshold, String(isCurrent), ...rowClasses.map((cls) => csvField(classes[cls]))]),
    ),
  ].join('')
