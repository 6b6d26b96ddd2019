import type { Figure, Figures } from './figures.ts'
import type { Report, ReportSection } from './report.ts'

/** Texts that a spreadsheet could take for a formula, also in the full width of East Asian keyboards (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/

/** A field by RFC 4180: quoted where it must be, and never read as a formula. Null is an empty field. */
export const csvField = (value: string | number | null): string => {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const harmless = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

type Line = {
  /** What the line is: of the report itself, a row's figure, a total's, a definition. */
  readonly scope: 'report' | 'row' | 'total' | 'definition'
  readonly section?: string
  readonly dimensions?: Readonly<Record<string, string>>
  readonly measure: string
  readonly unit?: string
  readonly value: string | Figure
}

/**
 * A report as tidy CSV (RFC 4180, UTF-8): one figure a line, its dimensions in columns of their own; before them what
 * the report is of, after them what the words mean.
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
  return [header, ...rows].map((cells) => `${cells.map(csvField).join(',')}\r\n`).join('')
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
      { scope: 'definition', section: id, measure: '', value: about },
      ...[...dimensions, ...measures].map(
        (each): Line => ({ scope: 'definition', section: id, measure: each.name, value: each.about }),
      ),
    ],
  ),
]
