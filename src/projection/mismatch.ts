import type { DuckDBConnection } from '@duckdb/node-api'
import type { Projection } from '../../projections/projection.ts'
import { type MadeAs, madeAs } from './definition.ts'
import { rowsOf } from './duckdb.ts'
import { HISTORY, history } from './events/tables.ts'
import { readProjectionStates } from './progress.ts'

/** How a published file differs from what this Redress makes. `isNewer`: only a newer Redress can have made it. */
export type Mismatch = { readonly isNewer: boolean; readonly message: string }

/** What to do about a file that a newer Redress made. */
export const UPDATE_OR_REBUILD =
  'update Redress, or rebuild the projections for this version with redress project --rebuild'

/** How the history differs; null: it does not. Checked before anything else, because older files have other columns. */
export const historyMismatch = async (connection: DuckDBConnection): Promise<Mismatch | null> => {
  const [row] = await rowsOf(connection, `SELECT version FROM projections WHERE name = '${HISTORY}'`)
  const version = row === undefined ? undefined : Number(row[0])
  if (version !== history.version) return mismatch(history, version)
  const states = await readProjectionStates(connection)
  return states.get(HISTORY)?.definition === history.definition ? null : otherColumns(history)
}

/** How the first projection that differs does so, if the history does not differ; null: none differs. */
export const projectionMismatch = async (
  connection: DuckDBConnection,
  projections: ReadonlyArray<Projection>,
): Promise<Mismatch | null> => {
  const states = await readProjectionStates(connection)
  let first: Mismatch | null = null
  for (const projection of projections) {
    const due = madeAs(projection)
    const found = states.get(due.name)
    if (found?.version !== due.version) {
      const other = mismatch(due, found?.version)
      if (other.isNewer) return other
      first ??= other
    } else if (found.definition !== due.definition) first ??= otherColumns(due)
  }
  return first
}

const mismatch = ({ name, version: due }: MadeAs, found: number | undefined): Mismatch => {
  if (found === undefined) return { isNewer: false, message: `an earlier Redress wrote it, without ${name}` }
  const isNewer = found > due
  const who = isNewer ? 'a newer Redress' : 'an earlier Redress'
  return { isNewer, message: `${who} wrote it: ${name} has version ${found}, this one writes ${due}` }
}

const otherColumns = ({ name }: MadeAs): Mismatch => ({
  isNewer: false,
  message: `another Redress wrote it: ${name} has other columns or views`,
})
