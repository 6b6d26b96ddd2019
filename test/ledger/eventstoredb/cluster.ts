import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClusterLimits, openClusterStore } from '../../../src/ledger/eventstoredb/store.ts'
import type { OpenLedger } from '../../../src/ledger/open.ts'
import { openVault } from '../../../src/ledger/vault/open.ts'

/** Short, for a server in this process that answers at once unless it is told not to. */
export const BRIEF: ClusterLimits = { silence: 400, patience: 20_000 }

export type OpenCluster = OpenLedger & { readonly dir: string; readonly remove: () => Promise<void> }

/** A ledger on a cluster, with a data folder of its own unless one is given. */
export const openOn = (
  url: string,
  clock: () => number,
  limits: ClusterLimits = BRIEF,
  prefix = '',
  acceptClock = false,
  dir = mkdtempSync(join(tmpdir(), 'redress-cluster-')),
): OpenCluster => {
  const { vault, keys, expectedKeys, writer, close } = openVault(join(dir, 'vault.db'), join(dir, 'keys.db'))
  const ledger = openClusterStore(url, {
    vault: writer,
    sequencePath: join(dir, 'sequence.db'),
    clock,
    acceptClock,
    limits,
    prefix,
  })
  const closeAll = async (): Promise<void> => {
    await ledger.close()
    close()
  }
  return {
    dir,
    ledger,
    vault,
    keys,
    expectedKeys,
    close: closeAll,
    remove: async () => {
      await closeAll()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
