import { greatest } from '../foundation/extremes.ts'
import { grouped } from '../foundation/text/grouped.ts'
import { safeText } from '../foundation/text/safe-text.ts'
import { widthOf } from '../foundation/text/text-width.ts'

/** A column of a printed table. */
export type TableColumn<T> = {
  readonly title: string
  readonly align?: 'left' | 'right'
  readonly cell: (row: T) => string | number
}

/** Lines of a table with aligned columns, safe to show; each is indented by `indent` spaces. */
export const table = <T>(
  columns: ReadonlyArray<TableColumn<T>>,
  rows: ReadonlyArray<T>,
  indent = 0,
): ReadonlyArray<string> => {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => safeText(format(cell(row))))),
  ]
  const widths = columns.map((_, i) => greatest(cells.map((line) => widthOf(line[i] ?? ''))))
  return cells.map((line) =>
    (
      ' '.repeat(indent) +
      line
        .map((cell, i) => {
          const blanks = ' '.repeat((widths[i] ?? 0) - widthOf(cell))
          return columns[i]?.align === 'right' ? blanks + cell : cell + blanks
        })
        .join('  ')
    ).trimEnd(),
  )
}

/** Formats a whole number for people: 12,345. */
export const format = (value: string | number): string => (typeof value === 'number' ? grouped(value) : value)
