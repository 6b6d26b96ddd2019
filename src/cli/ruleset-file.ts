import { readFile } from 'node:fs/promises'
import { describeProblem, type Problem } from '../rules/document.ts'
import { CliError } from './output.ts'

/** The text of a ruleset's file; a file that is not UTF-8 is refused, for its hash would be another one's. */
export const readRulesetText = async (file: string): Promise<string> => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file))
  } catch (error) {
    if (error instanceof TypeError) throw new CliError(`${file} is not UTF-8 text`)
    throw new CliError(`can't read ${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** For commands that need a ruleset and got a document without a meaning. */
export const invalidRuleset = (file: string, problems: ReadonlyArray<Problem>): CliError => {
  const [first, ...rest] = problems
  const more = rest.length === 0 ? '' : `, and ${rest.length} more`
  const told = first === undefined ? '' : `${describeProblem(first)}${more}`
  return new CliError(`${file} is no valid ruleset: ${told}; redress ruleset check ${file} shows where`)
}
