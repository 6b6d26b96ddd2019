import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { syncPath } from '../foundation/files/durable.ts'
import { dataFiles } from './data-files.ts'

/** What an embedded ledger is called once a cluster holds its events. */
export const RETIRED = 'ledger-copied.db'

/**
 * Takes an embedded ledger, which must be closed here, out of use: from then on its folder is not written to without the
 * cluster. A ledger that went on beside its copy could never be brought together with it again. False, and nothing is
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
