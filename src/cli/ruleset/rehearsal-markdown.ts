import type { Rehearsed } from '../../app/ruleset/rehearse.ts'
import { escapeMarkdown, markdownCode } from '../../foundation/text/markdown.ts'
import type { RehearsedRule } from '../../incidents/rehearsal/rehearsal.ts'
import { remarksOnRehearsal } from '../../incidents/rehearsal/remarks.ts'
import { markdownTable } from '../../reports/transparency/formats/markdown.ts'
import {
  accountsLine,
  ageTable,
  detectorTable,
  evidenceLine,
  firesOtherwise,
  rulesTable,
  sampleTable,
  titleOfRehearsal,
  unexpectedLine,
} from './rehearsal-tables.ts'

/** A rehearsal as Markdown, for a comment on a pull request. */
export const rehearsalMarkdown = ({ rehearsal, sequence, unexpected }: Rehearsed): string =>
  `${[
    `## ${escapeMarkdown(titleOfRehearsal(rehearsal))}`,
    '',
    ...(unexpected.length === 0
      ? ['**As expected.** No rule fires on more new evidence than it may.']
      : [
          '**Not as expected.**',
          '',
          ...unexpected.map((rule) => `- ${escapeMarkdown(unexpectedLine(rule))}`),
        ]),
    '',
    `${escapeMarkdown(accountsLine(rehearsal))}.`,
    '',
    ...markdownTable(rulesTable(rehearsal)),
    '',
    `${escapeMarkdown(evidenceLine(rehearsal))}; the ledger at sequence ${sequence}.`,
    ...remarksOnRehearsal(rehearsal).flatMap(({ says }) => ['', `> ${escapeMarkdown(says)}`]),
    ...rehearsal.rules.filter(firesOtherwise).flatMap(ruleLines),
  ].join('\n')}\n`

const ruleLines = (rule: RehearsedRule): ReadonlyArray<string> => [
  '',
  `### ${escapeMarkdown(rule.id)}`,
  '',
  ...rule.was.flatMap((condition) => ['Old:', '', ...codeLines(condition), '']),
  ...(rule.now === null ? ['The new version does not have it.'] : ['New:', '', ...codeLines(rule.now)]),
  '',
  ...markdownTable(detectorTable(rule)),
  ...(rule.byAccountAge.length === 0 ? [] : ['', ...markdownTable(ageTable(rule))]),
  ...(rule.sample.length === 0
    ? []
    : [
        '',
        '<details><summary>Evidence on which only the new version fires</summary>',
        '',
        ...markdownTable(sampleTable(rule)),
        '',
        '</details>',
      ]),
]

const codeLines = (condition: string): ReadonlyArray<string> =>
  condition.trimEnd().split('\n').map(markdownCode)
