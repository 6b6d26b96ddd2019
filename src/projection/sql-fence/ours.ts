import type { DuckDBConnection } from '@duckdb/node-api'
import { rowsOf } from '../duckdb.ts'
import { folded } from './names.ts'

/** What a query may name in a published file, all folded. */
export type Ours = {
  readonly database: string
  /** Tables and views. */
  readonly tables: ReadonlySet<string>
  readonly macros: ReadonlySet<string>
  readonly tableMacros: ReadonlySet<string>
}

/** Reads the names. They do not change while the file is open, because it is open read-only. */
export const readOurs = async (connection: DuckDBConnection): Promise<Ours> => {
  const rows = await rowsOf(
    connection,
    `SELECT 'database' AS kind, current_database() AS name
      UNION ALL SELECT 'table', table_name FROM duckdb_tables() WHERE NOT internal AND NOT temporary
      UNION ALL SELECT 'table', view_name FROM duckdb_views() WHERE NOT internal AND NOT temporary
      UNION ALL SELECT function_type, function_name FROM duckdb_functions() WHERE NOT internal`,
  )
  const namesOf = (kind: string): ReadonlyArray<string> =>
    rows.filter((row) => row[0] === kind).map((row) => folded(String(row[1])))
  return {
    database: namesOf('database')[0] ?? '',
    tables: new Set(namesOf('table')),
    macros: new Set(namesOf('macro')),
    tableMacros: new Set(namesOf('table_macro')),
  }
}
