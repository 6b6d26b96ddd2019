import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type * as TE from '#fp/TaskEither'
import { syncPath } from './durable.ts'
import type { Ledger, LedgerError } from './port.ts'
import { Unusable } from './sqlite/errors.ts'
import { patiently } from './sqlite/patiently.ts'
import { openStore } from './sqlite/store.ts'
import { openVault } from './sqlite/vault.ts'
import type { Keys, Vault } from './vault.ts'

/** The files of a data folder that the ledger owns. */
export const dataFiles = { ledger: 'ledger.db', vault: 'vault.db', keys: 'keys.db' } as const

export type OpenLedger = {
  readonly ledger: Ledger
  readonly vault: Vault
  readonly keys: Keys
  readonly close: () => Promise<void>
}

export type OpenOptions = {
  /** What `recordedat` is taken from: ms since the epoch. */
  readonly clock?: () => number
}

type Opening = TE.TaskEither<LedgerError, OpenLedger>

/** Opens the ledger of a data folder; makes folder and files where they are missing. */
export const openLedger =
  (dataDir: string, { clock = Date.now }: OpenOptions = {}): Opening =>
  () =>
    patiently(dataDir, () => {
      makeFolder(resolve(dataDir))
      return open(dataDir, clock)
    })

/** Opens a ledger that is there, for commands that only read; where there is none it is `unusable`. */
export const openExisting =
  (dataDir: string, { clock = Date.now }: OpenOptions = {}): Opening =>
  () =>
    patiently(dataDir, () => {
      if (!existsSync(join(dataDir, dataFiles.ledger))) {
        throw new Unusable(
          `there is none in ${dataDir}; fill one with redress ingest, or name its folder with --data`,
        )
      }
      return open(dataDir, clock)
    })

const open = (dataDir: string, clock: () => number): OpenLedger => {
  const path = join(dataDir, dataFiles.ledger)
  const vaultPath = join(dataDir, dataFiles.vault)
  // The vault is made first, so a ledger never was without one.
  if (existsSync(path) && !existsSync(vaultPath)) {
    throw new Unusable(`${vaultPath} is missing beside ${path}; put it back from a backup`)
  }
  const { vault, keys, writer, close } = openVault(vaultPath, join(dataDir, dataFiles.keys))
  try {
    const ledger = openStore(path, writer, clock)
    return {
      ledger,
      vault,
      keys,
      close: async () => {
        await ledger.close()
        close()
      },
    }
  } catch (error) {
    close()
    throw error
  }
}

/** The new folder's own entry is made durable too; what is in it, SQLite sees to. */
const makeFolder = (folder: string): void => {
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (made === undefined) return
  for (let above = dirname(folder); ; above = dirname(above)) {
    syncPath(above, true)
    if (above === dirname(made)) return
  }
}
