import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { sqlName } from '../../foundation/sql.ts'
import { rowsOf } from '../duckdb.ts'
import { isObject, nodeText } from './check.ts'
import { folded } from './names.ts'
import { parseSql } from './parse.ts'

/** DuckDB's error for a column that is not in the table. */
const NO_COLUMN =
  /^Binder Error: (?:Referenced column "([^"]+)" not found in FROM clause|Table "[^"]*" does not have a column named "([^"]+)")/

/** What to query instead, for an error of DuckDB's about a column that is elsewhere; null: DuckDB's own message is best. */
export const hintOf = async (
  connection: DuckDBConnection,
  sql: string,
  message: string,
): Promise<string | null> => {
  const [, plain, qualified] = NO_COLUMN.exec(message) ?? []
  const column = plain ?? qualified
  if (column === undefined) return null
  const asked = await tablesIn(connection, sql)
  const timed = await timedWith(connection, column)
  const own = timed.find(({ table }) => asked.has(table))
  if (own !== undefined)
    return `${own.table} has no column ${column}, which depends on the time: query ${own.call}, or give another time`
  const homes = [...(await tablesWith(connection, column)), ...timed.map(({ call }) => call)]
  return homes.length === 0 ? null : `there is no column ${column} here; these have one: ${homes.join(', ')}`
}

/** The tables that a statement names anywhere, folded; empty if it is not a SELECT. */
const tablesIn = async (connection: DuckDBConnection, sql: string): Promise<ReadonlySet<string>> => {
  const parsed = await parseSql(connection, sql)
  const found = new Set<string>()
  const look = (piece: unknown): void => {
    if (Array.isArray(piece)) piece.forEach(look)
    else if (isObject(piece)) {
      if (piece.type === 'BASE_TABLE') found.add(folded(nodeText(piece.table_name)))
      Object.values(piece).forEach(look)
    }
  }
  if (E.isRight(parsed)) look(parsed.right)
  return found
}

const tablesWith = async (connection: DuckDBConnection, column: string): Promise<ReadonlyArray<string>> => {
  const rows = await rowsOf(
    connection,
    `SELECT table_name FROM duckdb_columns()
      WHERE NOT internal AND database_name = current_database() AND lower(column_name) = lower($1) ORDER BY table_name`,
    [column],
  )
  return rows.map(([name]) => String(name))
}

/** A macro that gives a table's rows at a time, such as `accounts_at` for `accounts`, and a call of it for now. */
type Timed = { readonly table: string; readonly call: string }

const timedWith = async (connection: DuckDBConnection, column: string): Promise<ReadonlyArray<Timed>> => {
  const macros = await rowsOf(
    connection,
    `SELECT function_name, array_to_string(parameters, ',') FROM duckdb_functions()
      WHERE NOT internal AND function_type = 'table_macro' AND ends_with(function_name, '_at') ORDER BY function_name`,
  )
  const found: Timed[] = []
  for (const [macro, parameters] of macros) {
    const [name, rest] = [String(macro), String(parameters).split(',').slice(1)]
    const bound = `${sqlName(name)}(${['now()', ...rest.map(() => '1')].join(', ')})`
    // A macro in another file may take something other than a time, and is then not a candidate.
    const columns = await rowsOf(connection, `SELECT column_name FROM (DESCRIBE FROM ${bound})`).catch(
      () => [],
    )
    if (columns.some(([each]) => folded(String(each)) === folded(column)))
      found.push({ table: name.slice(0, -'_at'.length), call: `${name}(${['now()', ...rest].join(', ')})` })
  }
  return found
}
