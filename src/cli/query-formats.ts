import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import { countOf } from '../foundation/count-of.ts'
import { csvField, csvLine } from '../foundation/csv.ts'
import { jsonText } from '../foundation/json-text.ts'
import { safeText } from '../foundation/safe-text.ts'
import { widthOf } from '../foundation/text-width.ts'
import type { Rows } from './query-run.ts'
import { type Plain, plain, textOf } from './query-values.ts'
import { cut } from './terminal.ts'

/** A result as pieces of text. */
export type Pieces = AsyncGenerator<string>

/** CSV in which NULL is an empty field, and an empty text `""`. */
export async function* csv({ result, chunks }: Rows): Pieces {
  const areNumbers = result.columnTypes().map(isNumber)
  const line = (row: ReadonlyArray<Plain>): string =>
    csvLine(row.map((value, i) => (areNumbers[i] === true ? textOf(value) : csvField(fieldOf(value)))))
  yield csvLine(result.columnNames().map(csvField))
  for await (const chunk of chunks)
    yield chunk
      .getRows()
      .map((row) => line(row.map(plain)))
      .join('')
}

const fieldOf = (value: Plain): string | null => (value === null ? null : textOf(value))

/** An array of objects, one a line. */
export async function* json({ result, chunks }: Rows): Pieces {
  const names = result.deduplicatedColumnNames().map((name) => jsonText(name))
  const object = (row: ReadonlyArray<Plain>): string =>
    `{${row.map((value, i) => `${names[i]}:${jsonText(value)}`).join(',')}}`
  let separator = '[\n'
  for await (const chunk of chunks) {
    yield separator +
      chunk
        .getRows()
        .map((row) => object(row.map(plain)))
        .join(',\n')
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}

/** How much of a result is shown; null: all. */
export type Shown = { readonly rows: number | null; readonly cell: number | null }

/** What a person looks at on a terminal. */
export const onTerminal: Shown = { rows: 1_000, cell: 60 }
export const everything: Shown = { rows: null, cell: null }

/** How many rows the widths of the columns are taken from; a wider cell later pushes its line out of line. */
const MEASURED = 1_000

/** An aligned table and the number of its rows. */
export async function* tableText({ result, chunks }: Rows, shown: Shown): Pieces {
  const columns = result.columnTypes().map((type, i) => ({
    title: safeText(result.columnName(i)),
    isNumber: isNumber(type),
  }))
  const cellsOf = (row: ReadonlyArray<Plain>): ReadonlyArray<string> =>
    row.map((value, i) => cellText(value, columns[i]?.isNumber === true, shown.cell))
  let widths: ReadonlyArray<number> | null = null
  const line = (cells: ReadonlyArray<string>): string =>
    `${cells.map((cell, i) => padded(cell, widths?.[i] ?? 0, columns[i]?.isNumber === true)).join('  ')}`.trimEnd()
  const started = (measured: ReadonlyArray<ReadonlyArray<string>>): string => {
    const titles = columns.map(({ title }) => title)
    widths = titles.map((title, i) =>
      measured.reduce((most, cells) => Math.max(most, widthOf(cells[i] ?? '')), widthOf(title)),
    )
    const rule = widths.map((width) => '-'.repeat(width)).join('  ')
    return [line(titles), rule, ...measured.map(line), ''].join('\n')
  }

  let waiting: ReadonlyArray<ReadonlyArray<string>> = []
  let count = 0
  let isCut = false
  for await (const chunk of chunks) {
    const rows = chunk.getRows()
    const room = shown.rows === null ? rows.length : shown.rows - count
    const cells = rows.slice(0, room).map((row) => cellsOf(row.map(plain)))
    count += cells.length
    isCut = rows.length > room
    if (widths !== null) yield cells.map((each) => `${line(each)}\n`).join('')
    else {
      waiting = [...waiting, ...cells]
      if (waiting.length >= MEASURED) yield started(waiting)
    }
    if (isCut) break
  }
  if (widths === null) yield started(waiting)
  yield isCut
    ? `The first ${countOf(count, 'row')}; for all, pipe it, or write it with --out.\n`
    : `${countOf(count, 'row')}\n`
}

/** NULL is not the text of that name. */
const cellText = (value: Plain, isNumeric: boolean, most: number | null): string => {
  if (value === null) return 'NULL'
  const text = safeText(textOf(value))
  if (text === 'NULL' && !isNumeric) return "'NULL'"
  return most === null || isNumeric ? text : cut(text, most)
}

const padded = (text: string, width: number, isRight: boolean): string => {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)))
  return isRight ? blanks + text : text + blanks
}

const isNumber = ({ typeId }: DuckDBType): boolean => numbers.has(typeId)

const numbers: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.DECIMAL,
])
