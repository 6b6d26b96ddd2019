import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isBusy } from '../ledger/sqlite/errors.ts'
import { ProjectionFailure } from './errors.ts'

/**
 * Takes the data folder's lock on projecting, and gives what releases it; throws a `ProjectionFailure` where another
 * process has it. It is SQLite's lock on an empty database: the system releases it whenever the process ends, however.
 */
export const lockProjections = (dataDir: string): (() => void) => {
  const file = join(dataDir, 'projections.lock')
  try {
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : String(error)
    throw new ProjectionFailure({
      kind: 'failed',
      message: `${dataDir} cannot be written (${code}), and the tables are published there; copy the folder to a disk that can`,
    })
  }
  const db = new DatabaseSync(file, { timeout: 0 })
  try {
    db.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (!isBusy(error)) {
      const message = error instanceof Error ? error.message : String(error)
      throw new ProjectionFailure({ kind: 'failed', message: `${file} can't be locked: ${message}` })
    }
    throw new ProjectionFailure({
      kind: 'busy',
      message: `another redress project is at work in ${dataDir}; one is enough, and readers see what it publishes`,
    })
  }
  return () => db.close()
}
