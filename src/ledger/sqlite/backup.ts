import { chmodSync, existsSync, readdirSync, renameSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import * as E from '#fp/Either'
import { attempt, Unusable } from '../../foundation/attempt.ts'
import { createFolders } from '../../foundation/files/create-folders.ts'
import { syncPath } from '../../foundation/files/durable.ts'
import { pragma, refuseForeign } from '../../foundation/sqlite/database.ts'
import { openSource } from '../../foundation/sqlite/read-only.ts'
import { dataFiles } from '../data-files.ts'
import type { LedgerError } from '../port.ts'
import { RETIRED } from '../retire.ts'
import { keysFile, vaultFile } from '../vault/schema.ts'
import { ledgerFile } from './schema.ts'
import type { CopyFinding } from './verify.ts'
import { verifyFolder } from './verify-folder.ts'
import { assertKnownVocabulary } from './vocabulary.ts'

export type BackupRequest = {
  readonly dataDir: string
  /** The events are in a cluster, which has its own backups: only the files of the data folder are copied. */
  readonly onCluster?: boolean
  /** Target of everything but the keys; missing or empty. */
  readonly target: string
  /** Target of the keys; missing or empty, and outside the other target. Null: they are not copied. */
  readonly keysTarget: string | null
  /** Called periodically with the number of pages copied, and of all pages. */
  readonly onProgress?: (done: number, total: number) => void
  /** The same for what is read again and checked after copying. */
  readonly onVerify?: (done: number, total: number) => void
}

/** What a backup holds. */
export type Backup = {
  /** The ledger's sequence in the copy: every event up to it is there. Null: the copy has no events. */
  readonly sequence: number | null
  readonly files: ReadonlyArray<string>
  /** Null: the keys were not copied, or there are none yet. */
  readonly keys: string | null
  /** What is wrong with the copy, which is kept: part of a damaged ledger is better than nothing. */
  readonly findings: ReadonlyArray<CopyFinding>
}

/**
 * Not copied with the rest: the index of a cluster's sequences is rebuilt when missing, and an embedded ledger whose
 * events moved to a cluster is out of use.
 */
const apart: ReadonlyArray<string> = [dataFiles.ledger, dataFiles.keys, dataFiles.sequence, RETIRED]

/** Pages copied at once before other work runs. */
const RATE = 2_000

/**
 * Copies a ledger while it may be written to. The ledger goes first, then the vault, then the keys, so that each copy
 * has everything that the one before it refers to; each file is a consistent snapshot (SQLite's online backup), gets
 * its name only after SQLite's integrity check, and is on disk when this answers. Then the copies are read again and
 * checked against each other. The keys are stored separately.
 */
export const backupData = async (request: BackupRequest): Promise<E.Either<LedgerError, Backup>> => {
  const refused = E.chain(() => refuseNewerFiles(request))(
    attempt(request.dataDir, () => refuseFolders(request)),
  )
  if (E.isLeft(refused)) return refused
  const { dataDir, onCluster = false, target, keysTarget, onProgress, onVerify } = request
  const keys = join(dataDir, dataFiles.keys)
  const keysCopy = keysTarget === null || !existsSync(keys) ? null : join(keysTarget, dataFiles.keys)
  const rest = readdirSync(dataDir)
    .filter((name) => name.endsWith('.db') && !apart.includes(name))
    .sort()
  const names = onCluster ? rest : [dataFiles.ledger, ...rest]
  const copies = names.map((name) => ({ from: join(dataDir, name), to: join(target, name) }))
  if (keysCopy !== null) copies.push({ from: keys, to: keysCopy })
  const made = attempt(target, () => {
    for (const folder of [target, ...(keysTarget === null ? [] : [keysTarget])]) {
      createFolders(folder, 0o700)
    }
  })
  if (E.isLeft(made)) return made
  for (const { from, to } of copies) {
    const copied = await copy(from, to, onProgress)
    if (E.isLeft(copied)) return copied
  }
  const synced = attempt(target, () => {
    for (const folder of [target, ...(keysTarget === null ? [] : [keysTarget])]) syncPath(folder, true)
  })
  if (E.isLeft(synced)) return synced
  const verified = await verifyFolder(
    {
      ledger: onCluster ? null : join(target, dataFiles.ledger),
      vault: join(target, dataFiles.vault),
      keys: keysCopy ?? keys,
      withKeys: keysTarget !== null,
    },
    onVerify ?? (() => {}),
  )
  if (E.isLeft(verified)) return verified
  return E.right({ ...verified.right, files: names.map((name) => join(target, name)), keys: keysCopy })
}

const refuseFolders = (request: BackupRequest): void => {
  const { dataDir, onCluster } = request
  if (onCluster === true && !existsSync(join(dataDir, dataFiles.vault))) {
    throw new Unusable(
      `there is no ${dataFiles.vault} in ${dataDir}; name the cluster's data folder with --data`,
    )
  }
  if (onCluster !== true && !existsSync(join(dataDir, dataFiles.ledger))) {
    throw new Unusable(
      `there is none in ${dataDir}; name its folder with --data or its cluster with --ledger`,
    )
  }
  if (!existsSync(join(dataDir, dataFiles.vault))) {
    throw new Unusable(
      `${join(dataDir, dataFiles.vault)} is missing; restore it from an earlier backup first`,
    )
  }
  const problem = whyNotInto(request)
  if (problem !== null) throw new Unusable(problem)
}

/** Why a backup cannot go into the folders that are named for it, and what to do; null: it can. */
export const whyNotInto = ({
  dataDir,
  target,
  keysTarget,
}: Pick<BackupRequest, 'dataDir' | 'target' | 'keysTarget'>): string | null => {
  for (const folder of keysTarget === null ? [target] : [target, keysTarget]) {
    if (existsSync(folder) && readdirSync(folder).length > 0) {
      return `${folder} is not empty: name a new folder for the backup`
    }
    if (isWithin(folder, dataDir)) return `${folder} is inside the data folder: name one outside it`
  }
  return keysTarget !== null && (isWithin(keysTarget, target) || isWithin(target, keysTarget))
    ? 'the keys must not be stored with what they decrypt: name a separate folder for them'
    : null
}

const isWithin = (folder: string, other: string): boolean => {
  const path = relative(resolve(other), resolve(folder))
  return path === '' || !(path.startsWith('..') || resolve(path) === path)
}

/** An older Redress would copy what it cannot check, and report events as damaged that it merely does not know. */
const refuseNewerFiles = ({ dataDir, onCluster }: BackupRequest): E.Either<LedgerError, void> => {
  for (const [name, kind] of [
    [dataFiles.ledger, ledgerFile],
    [dataFiles.vault, vaultFile],
    [dataFiles.keys, keysFile],
  ] as const) {
    const path = join(dataDir, name)
    if (!existsSync(path) || (kind === ledgerFile && onCluster === true)) continue
    const refused = attempt(path, () => {
      const { db } = openSource(path)
      try {
        refuseForeign(db, path, kind)
        if (kind === ledgerFile) assertKnownVocabulary(db)
      } finally {
        db.close()
      }
    })
    if (E.isLeft(refused)) return refused
  }
  return E.right(undefined)
}

const copy = async (
  from: string,
  to: string,
  onProgress: BackupRequest['onProgress'],
): Promise<E.Either<LedgerError, void>> => {
  const partial = `${to}.partial`
  const source = attempt(from, () => openSource(from))
  if (E.isLeft(source)) return source
  try {
    await backup(source.right.db, partial, {
      rate: RATE,
      progress: ({ totalPages, remainingPages }) => onProgress?.(totalPages - remainingPages, totalPages),
    })
  } catch (error) {
    return E.left({
      kind: 'unavailable',
      message: `${from}: ${error instanceof Error ? error.message : String(error)}`,
    })
  } finally {
    source.right.db.close()
  }
  return attempt(to, () => {
    if (source.right.wasWritten())
      throw new Unusable(`${from} was written to while it was copied; back up again`)
    const db = new DatabaseSync(partial)
    try {
      const found = pragma(db, 'integrity_check(1)')
      if (found !== 'ok') {
        throw new Unusable(
          `the copy of ${from} fails SQLite's integrity check (${String(found).replaceAll('\n', ' ')}); check the disks and back up again; if it fails every time, restore that file from an earlier backup`,
        )
      }
    } finally {
      db.close()
    }
    chmodSync(partial, 0o600)
    syncPath(partial, false)
    renameSync(partial, to)
  })
}
