import { randomUUID } from 'node:crypto'
import { constants, existsSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { syncPath } from '../foundation/files/durable.ts'
import { ProjectionFailure } from './errors.ts'

/** What readers open. It is only ever replaced whole. */
export const publishedFile = (dataDir: string): string => join(dataDir, 'projections.duckdb')

const WORKING = /^projections-[0-9a-f-]{36}\.work/

/** A new working file. Its name is never reused: DuckDB would replay a stale `.wal` next to an old file. */
const newWorkingFile = (dataDir: string): string => join(dataDir, `projections-${randomUUID()}.work`)

/** Removes the working files of killed runs, and DuckDB's files next to them. The caller must hold the lock. */
export const removeLeftovers = (dataDir: string): void => {
  for (const name of readdirSync(dataDir)) {
    if (WORKING.test(name)) rmSync(join(dataDir, name), { recursive: true, force: true })
  }
}

/**
 * Refuses a link, or anything else that is not a file, in place of the published file: publishing would replace it.
 * Throws a `ProjectionFailure`.
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

/** Returns a new working file: a copy of what is published, or a name only if nothing is, or if it must start afresh. */
export const startWorkingFile = async (dataDir: string, afresh: boolean): Promise<string> => {
  const working = newWorkingFile(dataDir)
  const published = publishedFile(dataDir)
  if (!afresh && existsSync(published)) await copyQuickly(published, working)
  return working
}

/** Publishes a copy of a working file that is not written to at the time; returns how long that took, in ms. */
export const publishCopy = async (working: string, dataDir: string): Promise<number> => {
  const start = performance.now()
  const copy = newWorkingFile(dataDir)
  await copyQuickly(working, copy)
  publishFile(copy, dataDir)
  return performance.now() - start
}

/** Publishes the file itself, which must not be open: readers see the old file or the new one, complete, even after a crash. */
export const publishFile = (file: string, dataDir: string): void => {
  syncPath(file, false)
  renameSync(file, publishedFile(dataDir))
  syncPath(dataDir, true)
}

/** A reflink where the file system supports it. */
const copyQuickly = (from: string, to: string): Promise<void> =>
  copyFile(from, to, constants.COPYFILE_FICLONE)
