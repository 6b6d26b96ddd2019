import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import * as E from '#fp/Either'
import type * as TE from '#fp/TaskEither'
import { syncPath } from '../durable.ts'
import { dataFiles } from '../open.ts'
import type { LedgerError } from '../port.ts'
import { openDatabase, pragma } from './database.ts'
import { attempt, Unusable } from './errors.ts'
import { reading } from './pages.ts'
import { ledgerFile } from './schema.ts'

export type BackupRequest = {
  readonly dataDir: string
  /** The events are in a cluster, which backs them up by its own means: only what lies beside them is copied. */
  readonly onCluster?: boolean
  /** Where everything but the keys goes; missing or empty. */
  readonly target: string
  /** Where the keys go; missing or empty, and apart from the target. Null: they are not copied. */
  readonly keysTarget: string | null
  /** Told now and then how many pages of the files are copied, of how many. */
  readonly onProgress?: (done: number, total: number) => void
}

/** What a backup holds. */
export type Backup = {
  /** The ledger's sequence in the copy: every event up to it is there, its hash checked. Null: the copy has no events. */
  readonly sequence: number | null
  readonly files: ReadonlyArray<string>
  /** Null: the keys were not copied. */
  readonly keys: string | null
}

/** Not copied with the rest: the index of a cluster's sequences is made anew where it is missing. */
const apart: ReadonlyArray<string> = [dataFiles.ledger, dataFiles.keys, dataFiles.sequence]

/** Pages copied at once before other work has its turn. */
const RATE = 2_000

/**
 * Copies a ledger that may be written meanwhile. The ledger goes first and the vault after it, so that the copy of the
 * vault has everything that the copied events name; each file is a consistent snapshot (SQLite's online backup),
 * gets its name only when it is whole and checked, and is on disk when this answers. The keys go nowhere near.
 */
export const backupData =
  (request: BackupRequest): TE.TaskEither<LedgerError, Backup> =>
  async () => {
    const refused = attempt(request.dataDir, () => refuseFolders(request))
    if (E.isLeft(refused)) return refused
    const { dataDir, onCluster = false, target, keysTarget, onProgress } = request
    const rest = readdirSync(dataDir)
      .filter((name) => name.endsWith('.db') && !apart.includes(name))
      .sort()
    const names = onCluster ? rest : [dataFiles.ledger, ...rest]
    const copies = names.map((name) => ({ from: join(dataDir, name), to: join(target, name) }))
    if (keysTarget !== null) {
      copies.push({ from: join(dataDir, dataFiles.keys), to: join(keysTarget, dataFiles.keys) })
    }
    const made = attempt(target, () => {
      for (const folder of [target, ...(keysTarget === null ? [] : [keysTarget])]) {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
      }
    })
    if (E.isLeft(made)) return made
    for (const { from, to } of copies) {
      const copied = await copy(from, to, onProgress)
      if (E.isLeft(copied)) return copied
    }
    const sequence = onCluster ? E.right(null) : await checkedSequence(join(target, dataFiles.ledger))
    if (E.isLeft(sequence)) return sequence
    const synced = attempt(target, () => {
      for (const folder of [target, ...(keysTarget === null ? [] : [keysTarget])]) syncPath(folder, true)
    })
    if (E.isLeft(synced)) return synced
    const keys = keysTarget === null ? null : join(keysTarget, dataFiles.keys)
    return E.right({ sequence: sequence.right, files: names.map((name) => join(target, name)), keys })
  }

const refuseFolders = ({ dataDir, onCluster, target, keysTarget }: BackupRequest): void => {
  if (onCluster === true && !existsSync(join(dataDir, dataFiles.vault))) {
    throw new Unusable(
      `there is no ${dataFiles.vault} in ${dataDir}; name the folder beside the cluster with --data`,
    )
  }
  if (onCluster !== true && !existsSync(join(dataDir, dataFiles.ledger))) {
    throw new Unusable(`there is none in ${dataDir}; name its folder with --data, its cluster with --ledger`)
  }
  for (const folder of keysTarget === null ? [target] : [target, keysTarget]) {
    if (existsSync(folder) && readdirSync(folder).length > 0) {
      throw new Unusable(`${folder} is not empty: name a new folder for the backup`)
    }
    if (isWithin(folder, dataDir))
      throw new Unusable(`${folder} lies in the data folder: name one outside of it`)
  }
  if (keysTarget !== null && (isWithin(keysTarget, target) || isWithin(target, keysTarget))) {
    throw new Unusable('the keys must not lie with what they open: name a folder apart for them')
  }
}

const isWithin = (folder: string, other: string): boolean => {
  const path = relative(resolve(other), resolve(folder))
  return path === '' || !(path.startsWith('..') || resolve(path) === path)
}

const copy = async (
  from: string,
  to: string,
  onProgress: BackupRequest['onProgress'],
): Promise<E.Either<LedgerError, void>> => {
  const partial = `${to}.partial`
  const source = attempt(from, () => new DatabaseSync(from, { timeout: 10_000 }))
  if (E.isLeft(source)) return source
  try {
    await backup(source.right, partial, {
      rate: RATE,
      progress: ({ totalPages, remainingPages }) => onProgress?.(totalPages - remainingPages, totalPages),
    })
  } catch (error) {
    return E.left({
      kind: 'unavailable',
      message: `${from}: ${error instanceof Error ? error.message : String(error)}`,
    })
  } finally {
    source.right.close()
  }
  return attempt(to, () => {
    const db = new DatabaseSync(partial)
    try {
      const found = pragma(db, 'integrity_check(1)')
      if (found !== 'ok') {
        throw new Unusable(
          `the copy of ${from} fails SQLite's integrity check (${String(found).replaceAll('\n', ' ')}); check the disks and back up again; if it fails every time, put that file back from an earlier backup`,
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

/** Reads the copied ledger from end to end, hashes and gaps checked. */
const checkedSequence = async (path: string): Promise<E.Either<LedgerError, number>> => {
  const opened = attempt(path, () => openDatabase(path, ledgerFile))
  if (E.isLeft(opened)) return opened
  try {
    const read = reading(opened.right, path)
    const last = attempt(path, read.lastSequence)
    if (E.isLeft(last)) return last
    for await (const page of read.range(0, last.right)) {
      if (E.isLeft(page)) return E.left({ ...page.left, message: `the copy: ${page.left.message}` })
    }
    return last
  } finally {
    opened.right.close()
  }
}
