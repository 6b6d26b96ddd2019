import * as E from '#fp/Either'
import { describeProblem, type Problem, parseRuleset } from '../../rulesets/document.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { readNamed } from '../files.ts'
import { CliError, exitCodes } from '../output.ts'

/** Reads and compiles a ruleset file; its problems are findings, each on a line of its own. Throws `CliError`. */
export const readRuleset = async (file: string): Promise<Ruleset> => {
  const ruleset = parseRuleset(await readNamed(file))
  if (E.isLeft(ruleset)) throw invalidRuleset(file, ruleset.left)
  return ruleset.right
}

/** For commands that need a ruleset and got a document without a meaning. */
export const invalidRuleset = (file: string, problems: ReadonlyArray<Problem>): CliError =>
  new CliError(`${file} is not a valid ruleset:`, exitCodes.failed, [
    ...problems.map((problem) => `  ${describeProblem(problem)}`),
    `(redress ruleset check ${file} shows where)`,
  ])
