/** A column of a printed table. */
export type Column<T> = {
  readonly title: string
  readonly align?: 'left' | 'right'
  readonly cell: (row: T) => string | number
}

/** Lines of a table with aligned columns, for a terminal; `indent` spaces before each. */
export const table = <T>(
  columns: ReadonlyArray<Column<T>>,
  rows: ReadonlyArray<T>,
  indent = 0,
): ReadonlyArray<string> => {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => format(cell(row)))),
  ]
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)))
  return cells.map((line) =>
    (
      ' '.repeat(indent) +
      line
        .map((cell, i) =>
          columns[i]?.align === 'right' ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
        )
        .join('  ')
    ).trimEnd(),
  )
}

/** A number as people read it: 12,345. */
export const format = (value: string | number): string =>
  typeof value === 'number' ? value.toLocaleString('en-US') : value
