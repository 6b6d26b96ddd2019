import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export const lockFile = 'kafka.lock'
const PATIENCE_MS = 300_000

/** Does something in a folder while no other process does. SQLite's lock is the system's: it ends with its holder. */
export const oneAtATime = async <T>(folder: string, body: () => Promise<T>): Promise<T> => {
  const lock = new DatabaseSync(join(folder, lockFile), { timeout: PATIENCE_MS })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return await body()
  } finally {
    lock.close()
  }
}
