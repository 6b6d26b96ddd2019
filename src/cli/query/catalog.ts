import type { DuckDBValue } from '@duckdb/node-api'
import { COLUMN_MEANING } from '../../app/query/describe.ts'
import type { Guard } from '../../app/query/guard.ts'
import { safeText } from '../../foundation/safe-text.ts'
import { rowsOf } from '../../projection/duckdb.ts'
import type { Published } from '../../projection/published.ts'
import { gridOf } from '../grid.ts'
import { CliError, printLine } from '../output.ts'
import { terminalWidth } from '../terminal.ts'

type Row = ReadonlyArray<string>

const rowsFor = async (
  { connection }: Published,
  watch: Guard,
  sql: string,
  values?: DuckDBValue[],
): Promise<ReadonlyArray<Row>> =>
  (await watch.call(() => rowsOf(connection, sql, values))).map((row) =>
    row.map((value) => String(value ?? '')),
  )

const print = (titles: ReadonlyArray<string>, rows: ReadonlyArray<Row>): void => {
  const cells = rows.map((row) => row.map(safeText))
  const { head, line } = gridOf(
    titles.map((title) => ({ title, isNumber: false })),
    cells,
    terminalWidth(),
  )
  for (const each of [...head, ...cells.map(line)]) printLine(each)
}

/** Prints the tables, views and table macros, with what they say of themselves. */
export const listTables = async (published: Published, watch: Guard): Promise<void> =>
  print(
    ['name', 'kind', 'about'],
    await rowsFor(
      published,
      watch,
      `SELECT table_name AS name, 'table', comment FROM duckdb_tables() WHERE NOT internal AND NOT temporary
        UNION ALL SELECT view_name, 'view', comment FROM duckdb_views() WHERE NOT internal AND NOT temporary
        UNION ALL SELECT function_name || '(' || array_to_string(parameters, ', ') || ')', 'as of', comment
          FROM duckdb_functions() WHERE NOT internal AND function_type = 'table_macro'
        ORDER BY ALL`,
    ),
  )

/** Prints the columns of a table or view, or of all. */
export const describeTables =
  (name: string | null) =>
  async (published: Published, watch: Guard): Promise<void> => {
    const rows = await rowsFor(
      published,
      watch,
      `SELECT table_name, column_name, data_type, ${COLUMN_MEANING}
        FROM duckdb_columns() LEFT JOIN signal_columns declared USING (column_name)
        WHERE NOT internal AND database_name <> 'temp' AND ($1 IS NULL OR table_name = $1) ORDER BY table_name, column_index`,
      [name],
    )
    if (rows.length === 0) throw new CliError(`there is no table ${name ?? ''}; .tables lists them`)
    print(['table', 'column', 'type', 'about'], rows)
  }
