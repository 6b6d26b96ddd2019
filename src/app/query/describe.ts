import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlText } from '../../foundation/sql.ts'
import { rowsOf } from '../../projection/duckdb.ts'
import type { Guard } from './guard.ts'

/**
 * The SQL that answers a DESCRIBE with names, types and descriptions: DuckDB's own answer has four columns about keys and
 * defaults, which nothing has here, and none of the comments. Only a table's and a view's columns have descriptions.
 */
export const describing = async (
  connection: DuckDBConnection,
  sql: string,
  table: string | null,
  guard: Guard,
): Promise<string> => {
  const rows = await guard.call(() => rowsOf(connection, sql))
  const columns = rows.map(([name, type], i) => `(${i}, ${sqlText(String(name))}, ${sqlText(String(type))})`)
  return `SELECT name, type, coalesce(comment, '') AS description
    FROM (VALUES ${columns.join(', ')}) d (i, name, type)
    LEFT JOIN (FROM duckdb_columns() WHERE database_name = current_database()
      AND lower(table_name) = lower(${sqlText(table ?? '')})) ON column_name = name
    ORDER BY i`
}
