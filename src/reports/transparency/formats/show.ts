import type { Figure } from '../figures.ts'
import type { Report, ReportMeasure, ReportSection } from '../report.ts'

const HOUR = 3_600_000

/** Shown for a figure without a value. */
export const NO_FIGURE = '\u2013'

/** A figure for people: 12,345, 2.50 (hours), 1.25%. */
export const figureText = (unit: ReportMeasure['unit'], value: Figure): string => {
  if (value === null) return NO_FIGURE
  switch (unit) {
    case 'count':
      return value.toLocaleString('en-US')
    case 'ms':
      return (value / HOUR).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
    case 'share':
      return `${(value * 100).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}%`
  }
}

/** A name in the data as words: `median_to_action` in ms becomes "Median to action (hours)". */
export const wordsOf = (name: string, unit?: ReportMeasure['unit']): string => {
  const words = name.replaceAll('_', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${unit === 'ms' ? ' (hours)' : ''}`
}

/** A section as a table of texts. */
export type TextTable = {
  readonly head: ReadonlyArray<string>
  /** The number of columns, from the left, that say what a row is about. */
  readonly keys: number
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
  readonly total: ReadonlyArray<string>
}

export const tableOf = ({ dimensions, measures, rows, total }: ReportSection): TextTable => {
  const figures = (of: Readonly<Record<string, Figure>>) =>
    measures.map(({ name, unit }) => figureText(unit, of[name] ?? null))
  return {
    head: [
      ...dimensions.map(({ name }) => wordsOf(name)),
      ...measures.map(({ name, unit }) => wordsOf(name, unit)),
    ],
    keys: dimensions.length,
    rows: rows.map((row) => [
      ...dimensions.map(({ name }) => row.dimensions[name] ?? ''),
      ...figures(row.figures),
    ]),
    total: [...dimensions.map((_, i) => (i === 0 ? 'Total' : '')), ...figures(total)],
  }
}

/** What a report is about, as lines of name and text. */
export const aboutLines = ({ period, sequence, style }: Report): ReadonlyArray<readonly [string, string]> => [
  ['Period', `${period.from} to ${period.to} (exclusive)`],
  ['Ledger at sequence', sequence.toLocaleString('en-US')],
  ['Style', style],
]

/** The command with which anyone who has the ledger can make the same report. */
export const commandOf = ({ style, sequence, period }: Report, format: 'html' | 'md'): string =>
  `redress report transparency --style ${style} --from ${period.from} --to ${period.to} --at ${sequence} --format ${format}`
