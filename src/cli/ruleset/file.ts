import * as E from '#fp/Either'
import { describeProblem, type Problem, parseRuleset } from '../../rulesets/document.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { readNamed } from '../files.ts'
import { CliError, exitCodes } from '../output.ts'

/** Reads and compiles a ruleset file; throws `CliError` with its problems, one per line. */
export const readRuleset = async (file: string): Promise<Ruleset> => {
  const ruleset = parseRuleset(await readNamed(file))
  if (E.isLeft(ruleset)) throw invalidRuleset(file, ruleset.left)
  return ruleset.right
}

/** The error of commands that need a valid ruleset. */
export const invalidRuleset = (file: string, problems: ReadonlyArray<Problem>): CliError =>
  new CliError(`${file} is not a valid ruleset:`, exitCodes.failed, [
    ...problems.map((problem) => `  ${describeProblem(problem)}`),
    `(to see where, run: redress ruleset check ${file})`,
  ])
