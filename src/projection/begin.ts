import * as E from '#fp/Either'
import type { Projection } from '../../projections/projection.ts'
import type { Ledger, LedgerError } from '../ledger/port.ts'
import { asFailure, openWorkspace, type Workspace } from './duckdb.ts'
import { ProjectionFailure } from './errors.ts'
import { createEventTables, EVENTS_VERSION, HISTORY, hasColumnsOfNow } from './events/tables.ts'
import { startWorkingFile } from './files.ts'
import { hasColumns } from './has-columns.ts'
import {
  createStanding,
  enterProjection,
  type ProjectionCursor,
  readProjectionCursor,
  readStandings,
} from './standing.ts'
import { createStaging, createTable } from './tables.ts'

/** A working file, ready to be worked on. */
export type Begun = {
  readonly file: string
  readonly workspace: Workspace
  /** How far the file is; null: nothing was read. */
  readonly cursor: ProjectionCursor | null
  /** Projections whose rows must be made anew from the history, because they or their versions are new. */
  readonly outdated: ReadonlyArray<Projection>
  /** Why all is made anew from the ledger; null: it goes on where the published file is. */
  readonly rebuilt: string | null
}

/**
 * Begins with a copy of what is published where it fits this ledger and this version of the history, else with an
 * empty file. Throws a `ProjectionFailure`.
 */
export const begin = async (
  dataDir: string,
  ledger: Ledger,
  projections: ReadonlyArray<Projection>,
  rebuild: boolean,
): Promise<Begun> => {
  if (!rebuild) {
    const file = await startWorkingFile(dataDir, false)
    const going = await goOn(file, ledger, projections)
    if (typeof going !== 'string') return going
    return startAfresh(await startWorkingFile(dataDir, true), projections, going)
  }
  return startAfresh(await startWorkingFile(dataDir, true), projections, 'it was asked for')
}

/** Opens a copy of what is published; or says why it can't be used, with the file closed. */
const goOn = async (
  file: string,
  ledger: Ledger,
  projections: ReadonlyArray<Projection>,
): Promise<Begun | string> => {
  let workspace: Workspace
  try {
    workspace = await openWorkspace(file)
  } catch (error) {
    // A failure of the disk would come back at once with a new file.
    const failure = asFailure(error)
    if (failure instanceof ProjectionFailure) return `what is published can't be read (${failure.message})`
    throw failure
  }
  try {
    const useless = await whyNot(workspace, ledger)
    if (useless !== null) {
      await workspace.close()
      return useless
    }
    const cursor = await readProjectionCursor(workspace.write)
    const outdated = await renew(workspace, projections)
    await prepare(workspace, projections)
    return { file, workspace, cursor, outdated, rebuilt: null }
  } catch (error) {
    await workspace.close()
    throw error
  }
}

/** Why what is published can't be gone on with; null: it can. */
const whyNot = async ({ read }: Workspace, ledger: Ledger): Promise<string | null> => {
  const tables = await read.runAndReadAll(
    "SELECT count(*)::INTEGER FROM duckdb_tables() WHERE table_name IN ('cursor', 'projections')",
  )
  if (Number(tables.getRowsJS()[0]?.[0]) < 2) return 'nothing was published yet'
  const standings = await readStandings(read)
  if (standings.get(HISTORY)?.version !== EVENTS_VERSION) return 'the published history is of another version'
  if (!(await hasColumnsOfNow(read))) return 'the published history has other columns'
  const cursor = await readProjectionCursor(read)
  if (cursor === null) return null
  const ours = await isOfLedger(ledger, cursor)
  if (E.isLeft(ours)) throw new ProjectionFailure(ours.left)
  const held = await read.runAndReadAll(
    'SELECT ((SELECT count(*) FROM actions) + (SELECT count(*) FROM evidence))::DOUBLE',
  )
  // What was left out before (--without-damaged) may be there again, and must be asked for again if not.
  if (Number(held.getRowsJS()[0]?.[0]) !== cursor.sequence) return 'events were left out of what is published'
  return ours.right
    ? null
    : 'what is published was made from another ledger, or from a later state of this one'
}

/** Whether a ledger holds the event that a cursor stands at, where it stands, and counts as many up to it. */
export const isOfLedger = async (
  ledger: Pick<Ledger, 'at' | 'sequenceOf'>,
  { position, leaf, sequence }: ProjectionCursor,
): Promise<E.Either<LedgerError, boolean>> => {
  const event = await ledger.at(position)()
  if (E.isLeft(event)) return event
  if (event.right?.leafHash !== leaf) return E.right(false)
  const counted = await ledger.sequenceOf(position)()
  return E.isLeft(counted) ? counted : E.right(counted.right === sequence)
}

const startAfresh = async (
  file: string,
  projections: ReadonlyArray<Projection>,
  rebuilt: string,
): Promise<Begun> => {
  const workspace = await openWorkspace(file)
  try {
    await createStanding(workspace.write)
    await createEventTables(workspace.write)
    await enterProjection(workspace.write, HISTORY, EVENTS_VERSION)
    await renew(workspace, projections)
    await prepare(workspace, projections)
    return { file, workspace, cursor: null, outdated: [], rebuilt }
  } catch (error) {
    await workspace.close()
    throw error
  }
}

/** Makes the tables of projections that are new, of another version or with other columns, and drops those that are no more. */
const renew = async (
  { write }: Workspace,
  projections: ReadonlyArray<Projection>,
): Promise<ReadonlyArray<Projection>> => {
  const standings = await readStandings(write)
  const outdated: Projection[] = []
  for (const projection of projections) {
    const { name, version, columns } = projection
    const isCurrent =
      standings.get(name)?.version === version &&
      (await hasColumns(
        write,
        name,
        Object.entries(columns).map(([column, { type }]) => ({ name: column, type })),
      ))
    if (!isCurrent) outdated.push(projection)
  }
  for (const projection of outdated) {
    await createTable(write, projection)
    await enterProjection(write, projection.name, projection.version)
  }
  const known = new Set([HISTORY, ...projections.map(({ name }) => name)])
  for (const name of standings.keys()) {
    if (known.has(name)) continue
    await write.run(`DROP TABLE IF EXISTS "${name}" CASCADE`)
    await write.run('DELETE FROM projections WHERE name = $1', [name])
  }
  return outdated
}

/** Makes what lives as long as the connections do. */
const prepare = async ({ read, write }: Workspace, projections: ReadonlyArray<Projection>): Promise<void> => {
  for (const projection of projections) await createStaging(write, projection)
  for (const connection of [read, write]) {
    await connection.run('CREATE TEMP TABLE touched (account_no INTEGER)')
  }
}
