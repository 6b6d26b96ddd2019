import type { DuckDBValue } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { rowsOf } from '../../projection/duckdb.ts'
import type { AppError } from '../error.ts'
import { COLUMN_MEANING } from './describe.ts'
import { onPublished, type Session } from './session.ts'

/** What the published projections hold, and how long it may take to find out. */
export type CatalogOptions = Session

/** A table, a view or a table macro. */
export type CatalogTable = { readonly name: string; readonly kind: string; readonly about: string }

/** A column of a table or view. */
export type CatalogColumn = {
  readonly table: string
  readonly column: string
  readonly type: string
  readonly about: string
}

/** The tables, views and table macros, with their descriptions. */
export const readTables = async (
  options: CatalogOptions,
): Promise<E.Either<AppError, ReadonlyArray<CatalogTable>>> =>
  E.map((rows: Texts) => rows.map(([name = '', kind = '', about = '']) => ({ name, kind, about })))(
    await textsOf(
      options,
      `SELECT table_name AS name, 'table', comment FROM duckdb_tables() WHERE NOT internal AND NOT temporary
        UNION ALL SELECT view_name, 'view', comment FROM duckdb_views() WHERE NOT internal AND NOT temporary
        UNION ALL SELECT function_name || '(' || array_to_string(parameters, ', ') || ')', 'as of', comment
          FROM duckdb_functions() WHERE NOT internal AND function_type = 'table_macro'
        ORDER BY ALL`,
    ),
  )

/** The columns of a table or view, or of all if `table` is null; none if there is no such table. */
export const readColumns = async ({
  table,
  ...options
}: CatalogOptions & { readonly table: string | null }): Promise<
  E.Either<AppError, ReadonlyArray<CatalogColumn>>
> =>
  E.map((rows: Texts) =>
    rows.map(([of = '', column = '', type = '', about = '']) => ({ table: of, column, type, about })),
  )(
    await textsOf(
      options,
      `SELECT table_name, column_name, data_type, ${COLUMN_MEANING}
        FROM duckdb_columns() LEFT JOIN signal_columns declared USING (column_name)
        WHERE NOT internal AND database_name <> 'temp' AND ($1 IS NULL OR table_name = $1)
        ORDER BY table_name, column_index`,
      [table],
    ),
  )

type Texts = ReadonlyArray<ReadonlyArray<string>>

const textsOf = async (
  options: CatalogOptions,
  sql: string,
  values?: DuckDBValue[],
): Promise<E.Either<AppError, Texts>> => {
  const rows = await onPublished(options, ({ connection }, watch) =>
    watch.call(() => rowsOf(connection, sql, values)),
  )
  if (E.isLeft(rows)) return rows
  return E.right((rows.right ?? []).map((row) => row.map((value) => String(value ?? ''))))
}
