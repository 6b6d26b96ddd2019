import { Command } from 'commander'
import { countOf } from '../../foundation/text/count-of.ts'
import { safeText } from '../../foundation/text/safe-text.ts'
import { widthOf } from '../../foundation/text/text-width.ts'
import { type CheckedRuleset, checkRuleset, type Problem } from '../../rulesets/document.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { readNamed } from '../files.ts'
import { exitCodes, jsonOption, printJson, printLine } from '../output.ts'

export const rulesetCheckCommand = (): Command =>
  new Command('check')
    .summary('find errors in a ruleset')
    .description(
      'Checks a ruleset (YAML or JSON): fields, conditions and their types, undeclared signals, policies that can never act, ' +
        'rules that replace the same rule.',
    )
    .argument('<file>', 'the ruleset')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 valid, perhaps with warnings, 1 there are errors, 2 failed.

Example:
  redress ruleset check community-guidelines.yaml`,
    )
    .action(async (file: string, options: { readonly json?: boolean }) => {
      const text = await readNamed(file)
      const checked = checkRuleset(text)
      const errors = checked.problems.filter(({ severity }) => severity === 'error').length
      if (errors > 0) process.exitCode = exitCodes.findings
      if (options.json === true) return printJson(report(file, checked, errors))
      for (const problem of checked.problems) {
        for (const line of problemLines(file, text, problem)) printLine(line)
        printLine()
      }
      printLine(verdict(file, checked, errors))
    })

const report = (file: string, { ruleset, problems }: CheckedRuleset, errors: number) => ({
  file,
  valid: errors === 0,
  ruleset: ruleset === null ? null : { id: ruleset.id, version: ruleset.version, sha256: ruleset.sha256 },
  problems,
})

const verdict = (file: string, { ruleset, problems }: CheckedRuleset, errors: number): string => {
  const warnings = problems.length - errors
  const found = [countOf(errors, 'error'), ...(warnings > 0 ? [countOf(warnings, 'warning')] : [])].join(', ')
  return errors > 0 || ruleset === null ? `${file}: ${found}` : `${describeRuleset(ruleset)}: ${found}`
}

const describeRuleset = ({ id, version, sha256, rules, policies }: Ruleset): string =>
  `${id} ${version} (${countOf(rules.length, 'rule')}, ${countOf(policies.length, 'policy', 'policies')}; sha256 ${sha256})`

/** The most columns shown of a long line. */
const WIDTH = 100

/**
 * A problem in the format of compilers: `file:line:column: error: message`, the line with a caret below the place, and the
 * hint.
 */
export const problemLines = (file: string, text: string, problem: Problem): ReadonlyArray<string> => {
  const { severity, path, line, column, message, hint } = problem
  const number = String(line ?? 1)
  const margin = ' '.repeat(number.length + 2)
  const { shown, caret } = excerpt(text.split(/\r\n|\r|\n/)[(line ?? 1) - 1] ?? '', (column ?? 1) - 1)
  return [
    `${file}:${number}:${column ?? 1}: ${severity}: ${message}`,
    `  ${number} | ${shown}`.trimEnd(),
    `${margin} | ${' '.repeat(caret)}^`,
    ...(path === '' ? [] : [`${margin} = field: ${path}`]),
    ...(hint === null ? [] : [`${margin} = hint: ${hint}`]),
  ]
}

/** The part of a line around an offset (UTF-16 units from 0), and the column of the caret below it. */
const excerpt = (line: string, offset: number): { readonly shown: string; readonly caret: number } => {
  const inSpaces = line.replaceAll('\t', ' ')
  const before = [...inSpaces.slice(0, offset)]
  const after = [...inSpaces.slice(offset)]
  const from = before.length + after.length <= WIDTH ? 0 : Math.max(0, before.length - WIDTH / 2)
  const left = [...(from > 0 ? '...' : ''), ...before.slice(from)]
  const cut = left.length + after.length > WIDTH + 3
  const right = cut ? [...after.slice(0, Math.max(1, WIDTH - left.length)), ...'...'] : after
  return { shown: safeText([...left, ...right].join('')), caret: widthOf(safeText(left.join(''))) }
}
