import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlName, sqlText } from '../foundation/sql.ts'
import { rowsOf } from './duckdb.ts'

/** What can have a comment. */
export type Described = 'TABLE' | 'VIEW' | 'MACRO' | 'MACRO TABLE'

/**
 * Stores what a table, a view or a macro is, and what its columns mean, where every client of DuckDB finds it. All in one
 * transaction: one per comment takes several times as long.
 */
export const describe = async (
  connection: DuckDBConnection,
  kind: Described,
  name: string,
  about: string,
  columns: Readonly<Record<string, string>> = {},
): Promise<void> => {
  await connection.run(
    [
      'BEGIN',
      `COMMENT ON ${kind} ${sqlName(name)} IS ${sqlText(about)}`,
      ...Object.entries(columns).map(
        ([column, meaning]) => `COMMENT ON COLUMN ${sqlName(name)}.${sqlName(column)} IS ${sqlText(meaning)}`,
      ),
      'COMMIT',
    ].join(';\n'),
  )
}

/** The names of the columns of a table or view. */
export const columnsOf = async (connection: DuckDBConnection, name: string): Promise<ReadonlyArray<string>> =>
  (await rowsOf(connection, `SELECT column_name FROM (DESCRIBE ${sqlName(name)})`)).map(([column]) =>
    String(column),
  )
