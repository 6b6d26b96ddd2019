import type { DuckDBValue } from '@duckdb/node-api'
import { rowsOf } from '../../projection/duckdb.ts'
import type { Published } from '../../projection/published.ts'
import { COLUMN_MEANING } from './describe.ts'
import type { Guard } from './guard.ts'

/** A row of the catalog, as text. */
export type CatalogRow = ReadonlyArray<string>

/** The tables, views and table macros: name, kind and description. */
export const readTables = (published: Published, watch: Guard): Promise<ReadonlyArray<CatalogRow>> =>
  rowsFor(
    published,
    watch,
    `SELECT table_name AS name, 'table', comment FROM duckdb_tables() WHERE NOT internal AND NOT temporary
      UNION ALL SELECT view_name, 'view', comment FROM duckdb_views() WHERE NOT internal AND NOT temporary
      UNION ALL SELECT function_name || '(' || array_to_string(parameters, ', ') || ')', 'as of', comment
        FROM duckdb_functions() WHERE NOT internal AND function_type = 'table_macro'
      ORDER BY ALL`,
  )

/** The columns of a table or view, or of all: table, column, type and description. */
export const readColumns = (
  published: Published,
  watch: Guard,
  table: string | null,
): Promise<ReadonlyArray<CatalogRow>> =>
  rowsFor(
    published,
    watch,
    `SELECT table_name, column_name, data_type, ${COLUMN_MEANING}
      FROM duckdb_columns() LEFT JOIN signal_columns declared USING (column_name)
      WHERE NOT internal AND database_name <> 'temp' AND ($1 IS NULL OR table_name = $1) ORDER BY table_name, column_index`,
    [table],
  )

const rowsFor = async (
  { connection }: Published,
  watch: Guard,
  sql: string,
  values?: DuckDBValue[],
): Promise<ReadonlyArray<CatalogRow>> =>
  (await watch.call(() => rowsOf(connection, sql, values))).map((row) =>
    row.map((value) => String(value ?? '')),
  )
