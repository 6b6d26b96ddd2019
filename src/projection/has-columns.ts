import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlName } from '../foundation/sql.ts'
import { rowsOf } from './duckdb.ts'

/** Whether a table begins with these columns: their names and their types, which DuckDB may write in another way. */
export const hasColumns = async (
  connection: DuckDBConnection,
  table: string,
  columns: ReadonlyArray<{ readonly name: string; readonly type: string }>,
): Promise<boolean> => {
  const wanted = columns.map(({ name, type }) => `${sqlName(name)} ${type}`).join(', ')
  await connection.run(`CREATE OR REPLACE TEMP TABLE wanted_columns (${wanted})`)
  const described = (name: string) =>
    rowsOf(
      connection,
      `SELECT column_name, column_type FROM (DESCRIBE ${sqlName(name)}) LIMIT ${columns.length}`,
    )
  const [found, due] = [await described(table), await described('wanted_columns')]
  await connection.run('DROP TABLE temp.wanted_columns')
  return JSON.stringify(found) === JSON.stringify(due)
}
