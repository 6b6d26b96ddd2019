import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlName, sqlText } from '../../foundation/sql.ts'
import { rowsOf } from '../../projection/duckdb.ts'
import { castTo, type PortableColumn, portableColumns } from '../query/portable.ts'

/** A table or view to export. */
export type ExportTable = {
  readonly name: string
  readonly kind: 'table' | 'view'
  readonly rows: number
  readonly columns: ReadonlyArray<PortableColumn>
  /** The time column by whose month it is partitioned; null: it is not partitioned. */
  readonly timeColumn: string | null
}

export type Exportable = {
  readonly tables: ReadonlyArray<ExportTable>
  /** Views whose rows depend on the current time. */
  readonly leftOut: ReadonlyArray<string>
}

/** The name of the partitions' column. */
const MONTH = 'month'

/** The two halves of the view `events`, whose rows would be exported twice. */
const HALVES: ReadonlySet<string> = new Set(['actions', 'evidence'])

/** Everything in a published file that does not depend on the time of the query. */
export const exportable = async (connection: DuckDBConnection): Promise<Exportable> => {
  const changing = await changingNames(connection)
  const listed = await rowsOf(
    connection,
    'SELECT table_name, table_type FROM information_schema.tables ORDER BY table_name',
  )
  const names = listed
    .map(([name, type]) => ({ name: String(name), kind: type === 'VIEW' ? 'view' : 'table' }) as const)
    .filter(({ name }) => !HALVES.has(name))
  const tables: ExportTable[] = []
  for (const { name, kind } of names.filter(({ name }) => !changing.has(name))) {
    const [counted] = await rowsOf(connection, `SELECT count(*)::DOUBLE FROM ${sqlName(name)}`)
    const columns = await portableColumns(connection, sqlName(name))
    const isWhole = name === 'cursor' || columns.some((column) => column.name === MONTH)
    const timeColumn = isWhole ? null : await timeColumnOf(connection, name)
    tables.push({ name, kind, rows: Number(counted?.[0]), columns, timeColumn })
  }
  return { tables, leftOut: names.flatMap(({ name }) => (changing.has(name) ? [name] : [])) }
}

/** By convention, the first timestamp column. */
const timeColumnOf = async (connection: DuckDBConnection, table: string): Promise<string | null> => {
  const [row] = await rowsOf(
    connection,
    `SELECT column_name FROM information_schema.columns
      WHERE table_name = $1 AND data_type = 'TIMESTAMP' ORDER BY ordinal_position LIMIT 1`,
    [table],
  )
  return row === undefined ? null : String(row[0])
}

/** The names of views whose rows depend on the time or on chance. */
const changingNames = async (connection: DuckDBConnection): Promise<ReadonlySet<string>> => {
  const impure = await rowsOf(
    connection,
    "SELECT DISTINCT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'",
  )
  const definitions = await rowsOf(
    connection,
    `SELECT view_name, sql FROM duckdb_views() WHERE NOT internal
      UNION ALL SELECT function_name, macro_definition FROM duckdb_functions() WHERE NOT internal AND macro_definition IS NOT NULL`,
  )
  return dependents(
    new Map(definitions.map(([name, sql]) => [String(name), String(sql)])),
    new Set(impure.map(([name]) => String(name))),
  )
}

/** SQL's functions without parentheses, which the catalog does not list. */
const MOMENTS = /\b(?:current_timestamp|current_date|current_time|localtimestamp|localtime)\b/i

/** The definitions that call one of `impure`, use the current time, or name a definition that does. */
export const dependents = (
  definitions: ReadonlyMap<string, string>,
  impure: ReadonlySet<string>,
): ReadonlySet<string> => {
  const calls = (sql: string): boolean =>
    Array.from(sql.matchAll(/([a-z_][a-z_0-9]*)"?\s*\(/gi)).some(([, name = '']) =>
      impure.has(name.toLowerCase()),
    )
  const found = new Set<string>()
  for (let before = -1; before < found.size; ) {
    before = found.size
    for (const [name, sql] of definitions) {
      const namesOne = (sql.match(/[a-z_][a-z_0-9]*/gi) ?? []).some(
        (word) => word !== name && found.has(word),
      )
      if (namesOne || MOMENTS.test(sql) || calls(sql)) found.add(name)
    }
  }
  return found
}

/** The statement that writes a table into a folder; an empty one is a single file, for its columns. */
export const copyStatement = (
  { name, rows, columns, timeColumn }: ExportTable,
  folder: string,
  format: string,
): string => {
  const list = castTo(columns)
  if (timeColumn === null || rows === 0) {
    return `COPY (SELECT ${list} FROM ${sqlName(name)}) TO ${sqlText(`${folder}/data_0.parquet`)} (${format})`
  }
  const month = `strftime(${sqlName(timeColumn)}, '%Y-%m') AS ${MONTH}`
  return `COPY (SELECT ${list}, ${month} FROM ${sqlName(name)}) TO ${sqlText(folder)} (${format}, PARTITION_BY (${MONTH}))`
}
