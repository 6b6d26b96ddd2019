import type { DuckDBConnection } from '@duckdb/node-api'
import type { Projection } from '../../projections/projection.ts'
import { sqlName } from '../foundation/sql.ts'
import { columnsOf, describe } from './comments.ts'
import { ProjectionFailure } from './errors.ts'

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

/** Stages new rows, each as JSON, until `mergeRows`. */
export const appendRows = async (
  connection: DuckDBConnection,
  projection: Projection,
  rows: ReadonlyArray<string>,
): Promise<void> => {
  if (rows.length === 0) return
  const row = Object.entries(projection.columns).map(([column, { type }]) => `${sqlName(column)} ${type}`)
  // One text with a row per line: a call for each value, or one list, takes several times as long.
  try {
    await connection.run(
      `INSERT INTO ${stagingOf(projection)} SELECT r.* FROM (
        SELECT line::JSON::STRUCT(${row.join(', ')}) AS r FROM (SELECT unnest(string_split($1, chr(10))) AS line))`,
      [rows.join('\n')],
    )
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new ProjectionFailure({ kind: 'failed', message: `rows of ${projection.name}: ${message}` })
  }
}

/** Replaces the touched accounts' rows with the staged ones, or drops the staged ones. */
export const mergeRows = async (
  connection: DuckDBConnection,
  projection: Projection,
  keep: boolean,
): Promise<void> => {
  if (keep) {
    const name = sqlName(projection.name)
    await connection.run(`DELETE FROM ${name} WHERE account IN
      (SELECT account FROM touched JOIN account_ids USING (account_no))`)
    await connection.run(`INSERT INTO ${name} FROM ${stagingOf(projection)}`)
  }
  await connection.run(`DELETE FROM ${stagingOf(projection)}`)
}
