import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type * as E from '#fp/Either'
import { attempt } from '../foundation/attempt.ts'
import { isBusy } from '../foundation/sqlite/errors.ts'
import { openInPlace } from '../foundation/sqlite/in-place.ts'
import type { StoreError } from '../foundation/store-error.ts'
import { ProjectionFailure } from './errors.ts'

/** The data folder's lock on projecting. */
export type ProjectionLock = {
  /** An error if the folder was removed, moved or replaced, so that nothing in it is ours any more. */
  readonly held: () => E.Either<StoreError, void>
  readonly release: () => void
}

/**
 * Takes the data folder's lock on projecting; throws a `ProjectionFailure` if another process has it. It is SQLite's lock
 * on an empty database: the system releases it when the process ends, in whatever way.
 */
export const lockProjections = (dataDir: string): ProjectionLock => {
  const file = join(dataDir, 'projections.lock')
  try {
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : String(error)
    throw new ProjectionFailure({
      kind: 'failed',
      message: `${dataDir} is not writable (${code}), but the projections are published there; copy the folder to a writable disk`,
    })
  }
  const [db, assertInPlace] = openInPlace(file, () => new DatabaseSync(file, { timeout: 0 }))
  try {
    db.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (!isBusy(error)) {
      const message = error instanceof Error ? error.message : String(error)
      throw new ProjectionFailure({ kind: 'failed', message: `${file} cannot be locked: ${message}` })
    }
    throw new ProjectionFailure({
      kind: 'busy',
      message: `another redress project is already running in ${dataDir}; readers see what it publishes`,
    })
  }
  return {
    held: () => attempt(file, assertInPlace),
    release: () => db.close(),
  }
}
