import { Command } from 'commander'
import {
  diffRulesets,
  type EntryChange,
  type FieldChange,
  type FieldValue,
  isSame,
  type RulesetDiff,
} from '../../rulesets/diff.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { exitCodes, jsonOption, printJson, printLine } from '../output.ts'
import { readRuleset } from './file.ts'

export const rulesetDiffCommand = (): Command =>
  new Command('diff')
    .summary('compare two rulesets')
    .description(
      'Compares two rulesets by their meaning: rules and policies added, removed and changed, field by field. A rule that ' +
        '`replaces` another is shown as that rule renamed.',
    )
    .argument('<a>', 'the old ruleset')
    .argument('<b>', 'the new ruleset')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 they are equivalent, 1 they differ, 2 failed.

Example:
  redress ruleset diff in-force.yaml corrected.yaml`,
    )
    .action(async (a: string, b: string, options: { readonly json?: boolean }) => {
      const [before, after] = [await readRuleset(a), await readRuleset(b)]
      const diff = diffRulesets(before, after)
      if (!isSame(diff)) process.exitCode = exitCodes.findings
      if (options.json === true) {
        return printJson({ same: isSame(diff), a: reference(before), b: reference(after), ...diff })
      }
      for (const line of diffLines(diff)) printLine(line)
    })

const reference = ({ id, version, sha256 }: Ruleset) => ({ id, version, sha256 })

/** A difference for people. */
const diffLines = (diff: RulesetDiff): ReadonlyArray<string> => {
  if (isSame(diff)) return ['The two rulesets are equivalent.']
  return [
    ...diff.identity.flatMap((change) => fieldLines(change, '')),
    ...section('signals', diff.signals),
    ...section('rules', diff.rules),
    ...section('deactivations', diff.deactivations),
  ]
}

const section = (title: string, changes: ReadonlyArray<EntryChange>): ReadonlyArray<string> =>
  changes.length === 0 ? [] : [`${title}:`, ...changes.flatMap(entryLines)]

const MARKS = { added: '+', removed: '-', changed: '~' } as const

const entryLines = ({ change, id, was, fields }: EntryChange): ReadonlyArray<string> => [
  `  ${MARKS[change]} ${id}${was === null ? '' : ` (was ${was})`}`,
  ...fields.flatMap((field) =>
    change === 'changed'
      ? fieldLines(field, '      ')
      : [`      ${field.field}: ${show(change === 'added' ? field.to : field.from)}`],
  ),
]

const fieldLines = ({ field, from, to }: FieldChange, indent: string): ReadonlyArray<string> =>
  field === 'when'
    ? [`${indent}${field}:`, ...verbatim(from, `${indent}  - `), ...verbatim(to, `${indent}  + `)]
    : [`${indent}${field}: ${show(from)} -> ${show(to)}`]

const show = (value: FieldValue): string => {
  if (value === null) return '(none)'
  if (typeof value === 'object') return value.join(', ')
  return String(value)
}

/** A condition as it is written, line by line. */
const verbatim = (value: FieldValue, prefix: string): ReadonlyArray<string> =>
  value === null
    ? []
    : String(value)
        .trimEnd()
        .split('\n')
        .map((line) => prefix + line.replaceAll('\t', ' '))
