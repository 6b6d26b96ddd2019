import { escapeMarkdown, markdownCode } from '../../../foundation/text/markdown.ts'
import type { Report, ReportSection } from '../report.ts'
import { aboutLines, commandOf, type TextTable, tableOf, wordsOf } from './show.ts'

/** A Markdown table (GitHub's); columns after the first `keys` are right-aligned. */
export const markdownTable = ({
  head,
  keys,
  rows,
}: Pick<TextTable, 'head' | 'keys' | 'rows'>): ReadonlyArray<string> => {
  const line = (cells: ReadonlyArray<string>): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`
  const rule = `|${head.map((_, i) => (i < keys ? ' --- |' : ' ---: |')).join('')}`
  return [line(head), rule, ...rows.map(line)]
}

/** A report as Markdown, for people. */
export const markdownOf = (report: Report): string =>
  `${[
    `# ${escapeMarkdown(report.title)}`,
    '',
    ...aboutLines(report).map(([name, text]) => `- ${name}: ${escapeMarkdown(text)}`),
    '',
    escapeMarkdown(report.period.rule),
    '',
    'Anyone with the ledger can make the same report:',
    '',
    markdownCode(commandOf(report, 'md')),
    ...report.sections.flatMap(sectionLines),
    '',
    '## Rulesets',
    '',
    ...(report.rulesets.length === 0
      ? ['None had been published.']
      : markdownTable({
          head: ['Ruleset', 'Version', 'Effective from', 'SHA-256'],
          keys: 4,
          rows: report.rulesets.map(({ id, version, effectiveFrom, sha256 }) => [
            id,
            version,
            effectiveFrom,
            sha256,
          ]),
        })),
    '',
    '## What is not covered',
    '',
    ...report.notCovered.map((text) => `- ${escapeMarkdown(text)}`),
    '',
    '## Definitions',
    '',
    ...report.definitions.map(
      ({ term, meaning }) => `- **${escapeMarkdown(term)}**: ${escapeMarkdown(meaning)}`,
    ),
    ...report.sections.flatMap(definitionLines),
  ].join('\n')}\n`

const sectionLines = (section: ReportSection): ReadonlyArray<string> => {
  const { head, keys, rows, total } = tableOf(section)
  return [
    '',
    `## ${escapeMarkdown(section.title)}`,
    '',
    escapeMarkdown(section.about),
    '',
    ...(rows.length === 0
      ? ['No cases in this period.']
      : markdownTable({ head, keys, rows: [...rows, total] })),
  ]
}

const definitionLines = ({ title, dimensions, measures }: ReportSection): ReadonlyArray<string> => [
  '',
  `### ${escapeMarkdown(title)}`,
  '',
  ...dimensions.map(({ name, about }) => `- **${wordsOf(name)}**: ${escapeMarkdown(about)}`),
  ...measures.map(({ name, unit, about }) => `- **${wordsOf(name, unit)}**: ${escapeMarkdown(about)}`),
]
