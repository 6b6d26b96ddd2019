import * as E from '#fp/Either'
import type { Projection } from '../../projections/projection.ts'
import type { Ledger, LedgerError } from '../ledger/port.ts'
import { madeAs } from './definition.ts'
import { asFailure, openWorkspace, type Workspace } from './duckdb.ts'
import { ProjectionFailure } from './errors.ts'
import { createEventTables, HISTORY, history } from './events/tables.ts'
import { publishedFile, startWorkingFile } from './files.ts'
import { historyMismatch, projectionMismatch, UPDATE_OR_REBUILD } from './mismatch.ts'
import {
  createProgressTables,
  enterProjection,
  type ProjectionCursor,
  readProjectionCursor,
  readProjectionStates,
} from './progress.ts'
import { createStaging, createTable } from './tables.ts'
import { createTouched } from './touched.ts'

/** A working file, open for writing. */
export type WorkingFile = {
  readonly file: string
  readonly workspace: Workspace
  /** How far the file is; null: nothing was read. */
  readonly cursor: ProjectionCursor | null
  /** Projections whose rows must be rebuilt from the history, because they or their versions are new. */
  readonly outdated: ReadonlyArray<Projection>
  /** Why everything is rebuilt from the ledger; null: it resumes where the published file ends. */
  readonly rebuilt: string | null
}

/**
 * Starts from a copy of the published file if it matches this ledger and this version of the history, otherwise from an
 * empty file. Throws a `ProjectionFailure`.
 */
export const openWorkingFile = async (
  dataDir: string,
  ledger: Ledger,
  projections: ReadonlyArray<Projection>,
  rebuild: boolean,
): Promise<WorkingFile> => {
  if (!rebuild) {
    const file = await startWorkingFile(dataDir, false)
    const going = await resume(dataDir, file, ledger, projections)
    if (typeof going !== 'string') return going
    return startEmpty(await startWorkingFile(dataDir, true), projections, going)
  }
  return startEmpty(await startWorkingFile(dataDir, true), projections, '--rebuild was given')
}

/** Opens a copy of the published file; or closes it and says why it cannot be used. */
const resume = async (
  dataDir: string,
  file: string,
  ledger: Ledger,
  projections: ReadonlyArray<Projection>,
): Promise<WorkingFile | string> => {
  let workspace: Workspace
  try {
    workspace = await openWorkspace(file)
  } catch (error) {
    // A failure of the disk would recur at once with a new file.
    const failure = asFailure(error)
    if (failure instanceof ProjectionFailure) return `the published file cannot be read (${failure.message})`
    throw failure
  }
  try {
    const useless = await reasonNotToResume(dataDir, workspace, ledger, projections)
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

/** The reason why the published file cannot be resumed; null: it can. Throws if a newer Redress made it. */
const reasonNotToResume = async (
  dataDir: string,
  { read }: Workspace,
  ledger: Ledger,
  projections: ReadonlyArray<Projection>,
): Promise<string | null> => {
  const tables = await read.runAndReadAll(
    "SELECT count(*)::INTEGER FROM duckdb_tables() WHERE table_name IN ('cursor', 'projections')",
  )
  if (Number(tables.getRowsJS()[0]?.[0]) < 2) return 'nothing was published yet'
  const otherHistory = await historyMismatch(read)
  const mismatch = otherHistory ?? (await projectionMismatch(read, projections))
  if (mismatch?.isNewer) {
    throw new ProjectionFailure({
      kind: 'failed',
      message: `${publishedFile(dataDir)} is left as it is (${mismatch.message}): ${UPDATE_OR_REBUILD}`,
    })
  }
  if (otherHistory !== null) return otherHistory.message
  const cursor = await readProjectionCursor(read)
  if (cursor === null) return null
  const ours = await isOfLedger(ledger, cursor)
  if (E.isLeft(ours)) throw new ProjectionFailure(ours.left)
  const held = await read.runAndReadAll(
    'SELECT ((SELECT count(*) FROM actions) + (SELECT count(*) FROM evidence))::DOUBLE',
  )
  // What was left out before (--without-damaged) may be back; if not, the option must be given again.
  if (Number(held.getRowsJS()[0]?.[0]) !== cursor.sequence) return 'events were left out of what is published'
  return ours.right
    ? null
    : 'what is published was made from another ledger, or from a later state of this one'
}

/** Whether a ledger has a cursor's event at its position, with its sequence. */
export const isOfLedger = async (
  ledger: Pick<Ledger, 'at' | 'sequenceOf'>,
  { position, leaf, sequence }: ProjectionCursor,
): Promise<E.Either<LedgerError, boolean>> => {
  const event = await ledger.at(position)
  if (E.isLeft(event)) return event
  if (event.right?.leafHash !== leaf) return E.right(false)
  const counted = await ledger.sequenceOf(position)
  return E.isLeft(counted) ? counted : E.right(counted.right === sequence)
}

const startEmpty = async (
  file: string,
  projections: ReadonlyArray<Projection>,
  rebuilt: string,
): Promise<WorkingFile> => {
  const workspace = await openWorkspace(file)
  try {
    await createProgressTables(workspace.write)
    await createEventTables(workspace.write)
    await enterProjection(workspace.write, history)
    await renew(workspace, projections)
    await prepare(workspace, projections)
    return { file, workspace, cursor: null, outdated: [], rebuilt }
  } catch (error) {
    await workspace.close()
    throw error
  }
}

/** Makes the tables of projections that are new, of another version or definition, and drops tables of removed projections. */
const renew = async (
  { write }: Workspace,
  projections: ReadonlyArray<Projection>,
): Promise<ReadonlyArray<Projection>> => {
  const states = await readProjectionStates(write)
  const outdated: Projection[] = []
  for (const projection of projections) {
    const found = states.get(projection.name)
    const { version, definition } = madeAs(projection)
    if (found?.version !== version || found.definition !== definition) outdated.push(projection)
  }
  for (const projection of outdated) {
    await createTable(write, projection)
    await enterProjection(write, madeAs(projection))
  }
  const known = new Set([HISTORY, ...projections.map(({ name }) => name)])
  for (const name of states.keys()) {
    if (known.has(name)) continue
    await write.run(`DROP TABLE IF EXISTS "${name}" CASCADE`)
    await write.run('DELETE FROM projections WHERE name = $1', [name])
  }
  return outdated
}

/** Makes the temporary tables, which live as long as the connections. */
const prepare = async ({ read, write }: Workspace, projections: ReadonlyArray<Projection>): Promise<void> => {
  for (const projection of projections) await createStaging(write, projection)
  for (const connection of [read, write]) await createTouched(connection)
}
