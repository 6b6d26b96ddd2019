import { greatest } from '../../foundation/extremes.ts'
import { widthOf } from '../../foundation/text/text-width.ts'
import { format } from '../table.ts'

/** One series of a plot: a value for each place along it. */
export type PlotSeries = { readonly title: string; readonly values: ReadonlyArray<number> }

/** What is written below a plot: under its first place, its last, and the marked one. */
export type PlotFoot = {
  readonly first: string
  readonly last: string
  readonly marked: string
  /** The marked place. */
  readonly at: number
}

const HEIGHT = 3
/** Blocks of one to eight eighths. */
const BLOCKS = [' ', '\u2581', '\u2582', '\u2583', '\u2584', '\u2585', '\u2586', '\u2587', '\u2588']
/** No place is drawn wider than this. */
const WIDEST = 3

/** Series one below the other, each with its own scale from 0, as lines of at most `width` columns. */
export const plotLines = (
  series: ReadonlyArray<PlotSeries>,
  foot: PlotFoot,
  width: number,
): ReadonlyArray<string> => {
  const places = series[0]?.values.length ?? 0
  const scales = series.map(({ values }) => format(greatest([0, ...values])))
  const left = greatest([...series.map(({ title }) => title), ...scales].map(widthOf)) + 2
  const room = Math.max(1, width - left - 2)
  const columns = Math.min(room, places * Math.max(1, Math.min(WIDEST, Math.floor(room / places))))
  const placeAt = (column: number): number => Math.floor((column * places) / columns)
  const labelled = (label: string, line: string): string =>
    `${' '.repeat(left - widthOf(label))}${label} ${line}`.trimEnd()
  const lines = series.flatMap(({ title, values }, index) => {
    const most = greatest([0, ...values])
    const labels = [scales[index] ?? '', title]
    return Array.from({ length: HEIGHT }, (_, row) => {
      const cells = Array.from({ length: columns }, (_, column) =>
        cellOf(values[placeAt(column)] ?? 0, most, HEIGHT - 1 - row),
      )
      return labelled(labels[row] ?? '', `\u2502${cells.join('')}`)
    })
  })
  const marked = Array.from({ length: columns }, (_, column) => column).find(
    (column) => placeAt(column) >= foot.at,
  )
  const gap = Math.max(1, columns - widthOf(foot.first) - widthOf(foot.last))
  return [
    ...lines,
    labelled('', ` ${foot.first}${' '.repeat(gap)}${foot.last}`),
    labelled('', ` ${' '.repeat(marked ?? 0)}\u25b2 ${foot.marked}`),
  ]
}

/** The part of a column in a row, counted from the bottom. What is not 0 can be seen. */
const cellOf = (value: number, most: number, row: number): string => {
  const eighths = value === 0 ? 0 : Math.max(1, Math.round((value / most) * HEIGHT * 8))
  return BLOCKS[Math.max(0, Math.min(8, eighths - 8 * row))] ?? ''
}
