import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { syncPath } from '../foundation/files/durable.ts'
import { dataFiles } from './data-files.ts'

/** The name of an embedded ledger once a cluster holds its events. */
export const RETIRED = 'ledger-copied.db'

/**
 * Takes an embedded ledger, which must be closed here, out of use: from then on, its folder is not written to without
 * the cluster. A ledger that continued alongside its copy could never be merged with it again. False, with nothing
 * done, while another process has it open.
 */
export const retireLedger = (dataDir: string): boolean => {
  const path = join(dataDir, dataFiles.ledger)
  // SQLite removes it when the last one closes the file.
  if (existsSync(`${path}-wal`)) return false
  renameSync(path, join(dataDir, RETIRED))
  syncPath(dataDir, true)
  return true
}
