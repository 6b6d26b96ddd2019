import { csvField, csvLine } from '../../../foundation/text/csv.ts'
import type { Figure, Figures } from '../figures.ts'
import type { Report, ReportSection } from '../report.ts'

type Line = {
  /** What the line is about: the report itself, a row's figure, a total's figure, or a definition. */
  readonly scope: 'report' | 'row' | 'total' | 'definition'
  readonly section?: string
  readonly dimensions?: Readonly<Record<string, string>>
  /** Null: the line is about the section as a whole. */
  readonly measure: string | null
  readonly unit?: string
  readonly value: string | Figure
}

/**
 * A report as tidy CSV (RFC 4180, UTF-8): one figure per line, with a column per dimension; the lines before the figures
 * describe the report, the lines after them define the terms.
 */
export const csvOf = (report: Report): string => {
  const names = [...new Set(report.sections.flatMap(({ dimensions }) => dimensions.map(({ name }) => name)))]
  const header = ['scope', 'section', ...names, 'measure', 'unit', 'value']
  const lines = [...aboutReport(report), ...report.sections.flatMap(figureLines), ...definitionLines(report)]
  const rows = lines.map(({ scope, section, dimensions, measure, unit, value }) => [
    scope,
    section ?? null,
    ...names.map((name) => dimensions?.[name] ?? null),
    measure,
    unit ?? null,
    value,
  ])
  return [header, ...rows].map((cells) => csvLine(cells.map(csvField))).join('')
}

const aboutReport = ({
  format,
  style,
  title,
  sequence,
  period,
  rulesets,
  notCovered,
}: Report): ReadonlyArray<Line> => {
  const line = (measure: string, value: string | number): Line => ({ scope: 'report', measure, value })
  return [
    line('format', format),
    line('style', style),
    line('title', title),
    line('sequence', sequence),
    line('from', period.from),
    line('to', period.to),
    line('period_rule', period.rule),
    ...rulesets.map(({ id, version, effectiveFrom, sha256 }) =>
      line('ruleset', `${id} ${version}, effective from ${effectiveFrom}, SHA-256 ${sha256}`),
    ),
    ...notCovered.map((text) => line('not_covered', text)),
  ]
}

const figureLines = ({ id, measures, rows, total }: ReportSection): ReadonlyArray<Line> => {
  const linesOf = (scope: 'row' | 'total', figures: Figures, dimensions: Line['dimensions'] = {}) =>
    measures.map(
      ({ name, unit }): Line => ({
        scope,
        section: id,
        dimensions,
        measure: name,
        unit,
        value: figures[name] ?? null,
      }),
    )
  return [
    ...rows.flatMap(({ dimensions, figures }) => linesOf('row', figures, dimensions)),
    ...linesOf('total', total),
  ]
}

const definitionLines = ({ definitions, sections }: Report): ReadonlyArray<Line> => [
  ...definitions.map(({ term, meaning }): Line => ({ scope: 'definition', measure: term, value: meaning })),
  ...sections.flatMap(
    ({ id, about, dimensions, measures }): ReadonlyArray<Line> => [
      { scope: 'definition', section: id, measure: null, value: about },
      ...[...dimensions, ...measures].map(
        (each): Line => ({ scope: 'definition', section: id, measure: each.name, value: each.about }),
      ),
    ],
  ),
]
