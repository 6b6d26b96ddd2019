import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import { countOf } from '../../foundation/text/count-of.ts'
import { csvField, csvLine } from '../../foundation/text/csv.ts'
import { cut } from '../../foundation/text/fit-text.ts'
import { type Grid, gridOf } from '../../foundation/text/grid.ts'
import { jsonText } from '../../foundation/text/json-text.ts'
import { safeText } from '../../foundation/text/safe-text.ts'
import type { Rows } from './run.ts'
import { type Plain, plainValue, valueText } from './values.ts'

/** A result as pieces of text. */
export type OutputPieces = AsyncGenerator<string>

/** CSV: NULL is an empty field, and an empty text is `""`. */
export async function* csv({ result, chunks }: Rows): OutputPieces {
  const areNumbers = result.columnTypes().map(isNumber)
  const line = (row: ReadonlyArray<Plain>): string =>
    csvLine(row.map((value, i) => (areNumbers[i] === true ? valueText(value) : csvField(fieldOf(value)))))
  yield csvLine(result.columnNames().map(csvField))
  for await (const chunk of chunks)
    yield chunk
      .getRows()
      .map((row) => line(row.map(plainValue)))
      .join('')
}

const fieldOf = (value: Plain): string | null => (value === null ? null : valueText(value))

/** A JSON array of objects, one per line. */
export async function* json({ result, chunks }: Rows): OutputPieces {
  const names = result.deduplicatedColumnNames().map((name) => jsonText(name))
  const object = (row: ReadonlyArray<Plain>): string =>
    `{${row.map((value, i) => `${names[i]}:${jsonText(value)}`).join(',')}}`
  let separator = '[\n'
  for await (const chunk of chunks) {
    yield separator +
      chunk
        .getRows()
        .map((row) => object(row.map(plainValue)))
        .join(',\n')
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}

/** How many rows a terminal shows. */
const SEEN = 1_000

/** How many rows the columns' widths are measured on; a wider cell later breaks the alignment of its line. */
const MEASURED = 1_000

/** An aligned table and its number of rows, for a terminal of the given width; null: for a file or a program, uncut. */
export async function* tableText({ result, chunks }: Rows, width: number | null): OutputPieces {
  const columns = result.columnTypes().map((type, i) => ({
    title: safeText(result.columnName(i)),
    isNumber: isNumber(type),
  }))
  const cellsOf = (row: ReadonlyArray<Plain>): ReadonlyArray<string> =>
    row.map((value, i) => cellText(value, columns[i]?.isNumber === true, width))
  /** The rows before the widths are known. */
  const waiting: Array<ReadonlyArray<string>> = []
  let grid: Grid | null = null
  let count = 0
  let isCut = false
  for await (const chunk of chunks) {
    const rows = chunk.getRows()
    const room = width === null ? rows.length : SEEN - count
    const cells = rows.slice(0, room).map((row) => cellsOf(row.map(plainValue)))
    count += cells.length
    isCut = rows.length > room
    if (grid !== null) yield linesOf(cells.map(grid.line))
    else {
      waiting.push(...cells)
      if (waiting.length >= MEASURED) {
        grid = gridOf(columns, waiting, width)
        yield linesOf([...grid.head, ...waiting.map(grid.line)])
      }
    }
    if (isCut) break
  }
  if (grid === null) {
    grid = gridOf(columns, waiting, width)
    yield linesOf([...grid.head, ...waiting.map(grid.line)])
  }
  yield linesOf([ending(count, isCut, grid.shown, columns.length)])
}

const linesOf = (lines: ReadonlyArray<string>): string => lines.map((line) => `${line}\n`).join('')

const ending = (rows: number, isCut: boolean, shown: number, columns: number): string => {
  const counted = isCut ? `The first ${countOf(rows, 'row')}` : countOf(rows, 'row')
  const seen = shown === columns ? counted : `${counted}, ${shown} of ${countOf(columns, 'column')}`
  return isCut || shown < columns ? `${seen}; to see everything, write it to a file or a pipe.` : seen
}

/** A cell's text; tells NULL from the text 'NULL'. */
const cellText = (value: Plain, isNumeric: boolean, most: number | null): string => {
  if (value === null) return 'NULL'
  const text = safeText(valueText(value))
  if (text === 'NULL' && !isNumeric) return "'NULL'"
  // At most a line long, because a thousand rows are kept.
  return most === null || isNumeric ? text : cut(text, most)
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
