import { Command } from 'commander'
import { countOf } from '../../foundation/text/count-of.ts'
import { type CheckedRuleset, checkRuleset } from '../../rulesets/document.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { readNamed } from '../files.ts'
import { exitCodes, jsonOption, printJson, printLine } from '../output.ts'
import { problemLines } from '../problem-lines.ts'

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
