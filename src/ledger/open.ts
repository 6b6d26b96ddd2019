import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import * as E from '#fp/Either'
import { Unusable } from '../foundation/attempt.ts'
import { createFolders } from '../foundation/files/create-folders.ts'
import { syncPath } from '../foundation/files/durable.ts'
import { forDisposable, forReading, forWriting, type Opener } from '../foundation/sqlite/read-only.ts'
import { retryWhileBusy } from '../foundation/sqlite/retry-while-busy.ts'
import { type Bound, claiming, type LedgerFiles, mismatch } from './belonging.ts'
import { lastRecordedAt, type RecordingClock, recordingTime } from './clock.ts'
import { withoutCredentials } from './cluster-url.ts'
import { dataFiles } from './data-files.ts'
import type { Ledger, LedgerError } from './port.ts'
import { openStore } from './sqlite/store.ts'
import { refuseVanished } from './vanished.ts'
import { openVault } from './vault/open.ts'
import { type ExpectedKeys, type Keys, noVault, type Vault, type VaultWriter } from './vault/vault.ts'
import { refuseNewer } from './vocabulary.ts'

export type OpenLedger = {
  readonly ledger: Ledger
  readonly vault: Vault
  readonly keys: Keys
  readonly expectedKeys: ExpectedKeys
  readonly close: () => Promise<void>
}

export type OpenOptions = {
  /** The source of `recordedat`: ms since the epoch. */
  readonly clock?: () => number
  /** Write although the clock is far behind the last recorded time: events get that time. */
  readonly acceptClock?: boolean
  /** It can be made again, so nothing waits for the disk: a power failure can lose or damage it. For a data folder. */
  readonly disposable?: boolean
  /** esdb://... : the cluster holds the events; the vault, the keys and the index are in the data folder. */
  readonly cluster?: string | undefined
  /** Whether sequences of a cluster are assigned although events are missing: they then count what is there. */
  readonly acceptDamaged?: boolean
}

/** Next to an empty cluster, reading creates the vault too. */
const forReadingOrNew: Opener = (path, kind) =>
  existsSync(path) ? forReading(path, kind) : forWriting(path, kind)

type StoreWith = (vault: VaultWriter) => Ledger
type Opened = OpenLedger & Bound

/**
 * Opens the ledger of a data folder, or of a cluster, for commands that write; creates missing folders and files.
 * Refused if a ledger was there and is missing, or if the clock is far behind the last recorded time.
 */
export const openLedger = async (
  dataDir: string,
  options: OpenOptions = {},
): Promise<E.Either<LedgerError, OpenLedger>> => {
  const { cluster, disposable = false } = options
  const clock = clockOf(options)
  const opened =
    cluster !== undefined
      ? await openOnCluster(dataDir, cluster, clusterOptionsOf(options), forWriting)
      : await retryWhileBusy(dataDir, () => {
          refuseElsewhere(dataDir)
          makeFolder(resolve(dataDir))
          return openEmbedded(dataDir, clock, disposable ? forDisposable : forWriting)
        })
  if (E.isLeft(opened)) return opened
  const place = placeOf(dataDir, cluster)
  const refused =
    (await refuseNewer(opened.right.ledger)) ??
    (await mismatch(opened.right, place)) ??
    (await clockError(opened.right, clock))
  if (refused === null) return claiming(opened.right, place)
  await opened.right.close()
  return E.left(refused)
}

/**
 * Opens an existing ledger for commands that only read; without one it is `unusable`. A cluster always exists, and
 * the data folder is created for the index.
 */
export const openExisting = async (
  dataDir: string,
  options: OpenOptions = {},
): Promise<E.Either<LedgerError, OpenLedger>> => {
  const { cluster } = options
  const opened =
    cluster !== undefined
      ? await openOnCluster(dataDir, cluster, clusterOptionsOf(options), forReadingOrNew)
      : await retryWhileBusy(dataDir, () => {
          const path = join(dataDir, dataFiles.ledger)
          if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) {
            refuseElsewhere(dataDir)
            throw new Unusable(
              `there is none in ${dataDir}; create one with redress ingest, or name its folder with --data or its cluster with --ledger`,
            )
          }
          return openEmbedded(dataDir, clockOf(options), forReading)
        })
  if (E.isLeft(opened)) return opened
  const refused =
    (await refuseNewer(opened.right.ledger)) ?? (await mismatch(opened.right, placeOf(dataDir, cluster)))
  if (refused === null) return opened
  await opened.right.close()
  return E.left(refused)
}

/** Throws `Unusable` if a folder has no ledger of its own, but had one, or belongs to a cluster. */
const refuseElsewhere = (dataDir: string): void => {
  const path = join(dataDir, dataFiles.ledger)
  if (!existsSync(path) && existsSync(join(dataDir, dataFiles.sequence))) {
    throw new Unusable(
      `${dataDir} has no ledger.db, but an index of a cluster: name the cluster with --ledger, or restore ledger.db from a backup`,
    )
  }
  refuseVanished(path)
}

const placeOf = (dataDir: string, cluster: string | undefined): LedgerFiles => ({
  path: join(dataDir, dataFiles.ledger),
  vaultPath: join(dataDir, dataFiles.vault),
  cluster,
})

type ClusterOptions = RecordingClock & { readonly acceptDamaged: boolean }

const clusterOptionsOf = (options: OpenOptions): ClusterOptions => ({
  ...clockOf(options),
  acceptDamaged: options.acceptDamaged === true,
})

const clockOf = ({ clock = Date.now, acceptClock = false }: OpenOptions): RecordingClock => ({
  clock,
  acceptClock,
})

/** Why nothing may be recorded with this clock now; null if it may. */
const clockError = async (
  { ledger }: OpenLedger,
  { clock, acceptClock }: RecordingClock,
): Promise<LedgerError | null> => {
  const last = await lastRecordedAt(ledger)
  const time = E.isLeft(last) ? last : recordingTime(clock(), last.right, acceptClock)
  return E.isLeft(time) ? time.left : null
}

const openEmbedded = (dataDir: string, clock: RecordingClock, openFile: Opener): Opened => {
  const path = join(dataDir, dataFiles.ledger)
  const vaultPath = join(dataDir, dataFiles.vault)
  // The vault is created first, so no ledger was ever without one.
  if (existsSync(path) && !existsSync(vaultPath)) {
    throw new Unusable(`${vaultPath} is missing next to ${path}; restore it from a backup`)
  }
  return open(dataDir, (vault) => openStore(path, vault, clock, openFile), openFile)
}

const open = (dataDir: string, storeWith: StoreWith, openFile: Opener): Opened => {
  const { vault, keys, expectedKeys, writer, belonging, close } = openVault(
    join(dataDir, dataFiles.vault),
    join(dataDir, dataFiles.keys),
    openFile,
  )
  try {
    const ledger = storeWith(writer)
    return {
      ledger,
      vault,
      keys,
      expectedKeys,
      belonging,
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

const openOnCluster = async (
  dataDir: string,
  url: string,
  options: ClusterOptions,
  openFile: Opener,
): Promise<E.Either<LedgerError, Opened>> => {
  // Loading the client takes longer than most commands do.
  const { openClusterStore } = await import('./eventstoredb/store.ts')
  const sequencePath = join(dataDir, dataFiles.sequence)
  const storeWith: StoreWith = (vault) => openClusterStore(url, { vault, sequencePath, ...options })
  const vaulted = await hasVault(dataDir, url, storeWith)
  return E.isLeft(vaulted) ? vaulted : retryWhileBusy(dataDir, () => open(dataDir, storeWith, openFile))
}

/**
 * A vault is only created for an empty cluster. One created for existing events would get only a part of their texts
 * and documents, and another folder would have the rest.
 */
const hasVault = async (
  dataDir: string,
  url: string,
  storeWith: StoreWith,
): Promise<E.Either<LedgerError, void>> => {
  const vaultPath = join(dataDir, dataFiles.vault)
  const looking = await retryWhileBusy(dataDir, () => {
    makeFolder(resolve(dataDir))
    return existsSync(vaultPath) ? null : storeWith(noVault)
  })
  if (E.isLeft(looking)) return looking
  if (looking.right === null) return E.right(undefined)
  const end = await looking.right.end()
  await looking.right.close()
  if (E.isLeft(end)) return end
  // Checked again: another process may have created it and then appended.
  if (end.right === null || existsSync(vaultPath)) return E.right(undefined)
  return E.left({
    kind: 'unusable',
    message:
      `${withoutCredentials(url)} holds events, but ${vaultPath} is missing; ` +
      'name the data folder that has it with --data, or restore it from a backup',
  })
}

/** The new folder's own entry is made durable too; SQLite takes care of its contents. */
const makeFolder = (folder: string): void => {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new Unusable(`${folder} is a file, not a folder; name another data folder with --data`)
  }
  const made = createFolders(folder, 0o700)
  if (made === undefined) return
  for (let above = dirname(folder); ; above = dirname(above)) {
    syncPath(above, true)
    if (above === dirname(made)) return
  }
}
