import type { DuckDBConnection } from '@duckdb/node-api'
import type { Projection, Value } from '../../projections/projection.ts'
import { sqlName } from '../foundation/sql.ts'
import { columnsOf, describe } from './comments.ts'
import { ProjectionFailure } from './errors.ts'
import { type RowColumn, Texts } from './rows/buffer.ts'
import { GrowingRows } from './rows/growing.ts'
import { runWithRows } from './rows/run.ts'
import { isOfTouched } from './touched.ts'

/** Creates or replaces a projection's table, empty, with its views and their descriptions. */
export const createTable = async (connection: DuckDBConnection, projection: Projection): Promise<void> => {
  const { name, about, columns, views } = projection
  const definitions = Object.entries(columns).map(([column, { type }]) => `${sqlName(column)} ${type}`)
  await connection.run(`CREATE OR REPLACE TABLE ${sqlName(name)} (${definitions.join(', ')})`)
  const meanings = Object.fromEntries(Object.entries(columns).map(([column, { about }]) => [column, about]))
  await describe(connection, 'TABLE', name, about, meanings)
  for (const view of views) {
    await connection.run(view.sql)
    const known = { ...meanings, ...view.columns }
    const own = view.kind === 'VIEW' ? await columnsOf(connection, view.name) : []
    const shared = own.flatMap((column) =>
      known[column] === undefined ? [] : [[column, known[column]] as const],
    )
    await describe(connection, view.kind, view.name, view.about, Object.fromEntries(shared))
  }
}

const stagingOf = ({ name }: Projection): string => sqlName(`new_${name}`)

/** Creates the temporary table in which a projection's new rows are staged. */
export const createStaging = async (connection: DuckDBConnection, projection: Projection): Promise<void> => {
  await connection.run(
    `CREATE TEMP TABLE ${stagingOf(projection)} AS FROM ${sqlName(projection.name)} LIMIT 0`,
  )
}

/** New rows of a projection, and the characters in them. */
export type NewRows = { readonly rows: GrowingRows<RowColumn>; size: number }

/**
 * Room for new rows of a projection. Every value is handed over as text, which DuckDB converts to the type of its column:
 * one that does not fit fails there.
 */
export const newRows = ({ columns }: Projection): NewRows => ({
  rows: new GrowingRows(
    Object.entries(columns).map(([name, { type }]) => ({ name, type: isJson(type) ? 'json' : 'text' })),
  ),
  size: 0,
})

/** Whether values of a type are handed over as JSON. */
const isJson = (type: string): boolean => type === 'JSON' || type.endsWith('[]') || type.startsWith('STRUCT')

/** Adds a row to new rows of its projection. */
export const addRow = (made: NewRows, row: Readonly<Record<string, Value>>): void => {
  const at = made.rows.add()
  const { columns, values } = made.rows
  columns.forEach(({ name, type }, i) => {
    const value = row[name] ?? null
    const column = values[i]
    if (value === null || !(column instanceof Texts)) return
    const text = typeof value === 'string' && type === 'text' ? value : JSON.stringify(value)
    column.set(at, text)
    made.size += text.length
  })
}

/** Stages new rows until `mergeRows`. */
export const stageRows = async (
  connection: DuckDBConnection,
  projection: Projection,
  { rows }: NewRows,
): Promise<void> => {
  if (rows.buffers.length === 0) return
  const values = Object.entries(projection.columns).map(([column, { type }]) => `${sqlName(column)}::${type}`)
  try {
    await runWithRows(
      connection,
      (from) => `INSERT INTO ${stagingOf(projection)} SELECT ${values.join(', ')} FROM ${from}`,
      rows,
    )
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new ProjectionFailure({ kind: 'failed', message: `rows of ${projection.name}: ${message}` })
  }
}

/** Replaces the rows of what is touched with the staged ones, or drops the staged ones. */
export const mergeRows = async (
  connection: DuckDBConnection,
  projection: Projection,
  keep: boolean,
): Promise<void> => {
  if (keep) {
    const name = sqlName(projection.name)
    await connection.run(`DELETE FROM ${name} WHERE ${isOfTouched(projection)}`)
    await connection.run(`INSERT INTO ${name} FROM ${stagingOf(projection)}`)
  }
  await connection.run(`DELETE FROM ${stagingOf(projection)}`)
}
