import { readCorrection } from '../../app/correction/read-correction.ts'
import { describeProblem } from '../../foundation/documents/problem.ts'
import type { Correction } from '../../replay/correction/correction.ts'
import { fileOrFail } from '../files.ts'
import { CliError, exitCodes, noteLine } from '../output.ts'

/**
 * Reads and compiles a correction's document with the files that it names; throws `CliError` with its problems, one per
 * line. What is probably a mistake is a warning on stderr.
 */
export const readCorrectionFile = async (file: string): Promise<Correction> => {
  const { correction, problems } = fileOrFail(await readCorrection(file))
  if (correction === null) {
    throw new CliError(
      `${file} is not a valid correction:`,
      exitCodes.failed,
      problems.map((problem) => `  ${describeProblem(problem)}`),
    )
  }
  for (const problem of problems) noteLine(`redress: warning: ${file}:${describeProblem(problem)}`)
  return correction
}
