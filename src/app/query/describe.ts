import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlText } from '../../foundation/sql.ts'
import { rowsOf } from '../../projection/duckdb.ts'
import type { Guard } from './guard.ts'

/**
 * A column's description, as SQL over its comment and `signal_columns` as `declared`: the columns of signals have no comments,
 * which are too slow in DuckDB when there are thousands of them.
 */
export const COLUMN_MEANING = `coalesce(comment, 'the signal ' || signal || ' where it was recorded as ' || declared.type, '')`

/**
 * The SQL that answers a DESCRIBE with names, types and descriptions. DuckDB's own answer has four columns about keys and
 * defaults, which no table here has, and no comments. Only columns of tables and views have descriptions.
 */
export const describing = async (
  connection: DuckDBConnection,
  sql: string,
  table: string | null,
  guard: Guard,
): Promise<string> => {
  const rows = await guard.call(() => rowsOf(connection, sql))
  const columns = rows.map(([name, type], i) => `(${i}, ${sqlText(String(name))}, ${sqlText(String(type))})`)
  return `SELECT name, d.type, ${COLUMN_MEANING} AS description
    FROM (VALUES ${columns.join(', ')}) d (i, name, type)
    LEFT JOIN (FROM duckdb_columns() WHERE database_name = current_database()
      AND lower(table_name) = lower(${sqlText(table ?? '')})) ON column_name = name
    LEFT JOIN signal_columns declared USING (column_name)
    ORDER BY i`
}
