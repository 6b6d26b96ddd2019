import { randomUUID } from 'node:crypto'
import { constants, existsSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { syncPath } from '../foundation/files/durable.ts'
import { ProjectionFailure } from './errors.ts'

/** What readers open. It is only ever replaced whole. */
export const publishedFile = (dataDir: string): string => join(dataDir, 'projections.duckdb')

const WORKING = /^projections-[0-9a-f-]{36}\.work/

/** A file to work in. Its name was never used: DuckDB would replay a stale `.wal` that lies beside an old one. */
const newWorkingFile = (dataDir: string): string => join(dataDir, `projections-${randomUUID()}.work`)

/** Working files, with what DuckDB lays beside them, of runs that were killed. Only for whoever holds the lock. */
export const removeLeftovers = (dataDir: string): void => {
  for (const name of readdirSync(dataDir)) {
    if (WORKING.test(name)) rmSync(join(dataDir, name), { recursive: true, force: true })
  }
}

/**
 * Refuses a link or anything else that is no file in the place of the published file: publishing replaces it. Throws a
 * `ProjectionFailure`.
 */
export const refuseLink = (dataDir: string): void => {
  const file = publishedFile(dataDir)
  const stats = lstatSync(file, { throwIfNoEntry: false })
  if (stats === undefined || stats.isFile()) return
  const message = stats.isSymbolicLink()
    ? `${file} is a symbolic link, which publishing would replace: remove it; to keep the projections elsewhere, make the whole data folder a link`
    : `${file} is not a file, and publishing would replace it: move it away`
  throw new ProjectionFailure({ kind: 'failed', message })
}

/** A working file to begin with: a copy of what is published, or none yet where nothing is or it must not be used. */
export const startWorkingFile = async (dataDir: string, afresh: boolean): Promise<string> => {
  const working = newWorkingFile(dataDir)
  const published = publishedFile(dataDir)
  if (!afresh && existsSync(published)) await copyQuickly(published, working)
  return working
}

/** Publishes a copy of a working file that is not written to meanwhile; gives how long that took, in ms. */
export const publishCopy = async (working: string, dataDir: string): Promise<number> => {
  const start = performance.now()
  const copy = newWorkingFile(dataDir)
  await copyQuickly(working, copy)
  publishFile(copy, dataDir)
  return performance.now() - start
}

/** Publishes a file itself, which nobody has open: readers see the old one or the new one, whole, also after a crash. */
export const publishFile = (file: string, dataDir: string): void => {
  syncPath(file, false)
  renameSync(file, publishedFile(dataDir))
  syncPath(dataDir, true)
}

/** A reflink where the disk has them. */
const copyQuickly = (from: string, to: string): Promise<void> =>
  copyFile(from, to, constants.COPYFILE_FICLONE)
