import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as E from '#fp/Either'
import { folderAt } from '../foundation/files/folder.ts'
import { LETTERS_FILE } from '../ingest/dead-letters/open.ts'
import { type Backup, backupData, whyNotInto } from '../ledger/sqlite/backup.ts'
import { type AppError, invalid } from './error.ts'
import { ledgerResult } from './results.ts'
import { type LedgerPlace, readingDeadLetters } from './stores.ts'

export type BackupOptions = LedgerPlace & {
  /** Ms since the epoch. */
  readonly clock: () => number
  /** The folder for the copy; it must be empty or not exist. */
  readonly target: string
  /** The folder for the keys; empty or missing, and separate from the target. Null: they are not copied. */
  readonly keysTarget: string | null
  /** Called periodically with how many pages are copied, and the total. */
  readonly onProgress: (done: number, total: number) => void
  /** The same for the verification of the copy. */
  readonly onVerify: (done: number, total: number) => void
}

/** Copies a data folder while it is in use, and checks the copy. */
export const backup = async ({
  data,
  ledger: cluster,
  clock,
  target,
  keysTarget,
  onProgress,
  onVerify,
}: BackupOptions): Promise<E.Either<AppError, Backup>> => {
  for (const folder of keysTarget === null ? [target] : [target, keysTarget]) {
    const there = await folderAt(folder)
    if (E.isLeft(there)) return invalid(there.left.message)
  }
  // Asked here too, as these are problems of the named folders, and not of the ledger.
  const problem = whyNotInto({ dataDir: data, target, keysTarget })
  if (problem !== null) return invalid(problem)
  // Opening seals what an earlier Redress stored unsealed, which must not get into the copy.
  if (existsSync(join(data, LETTERS_FILE))) {
    const sealed = await readingDeadLetters(data, clock, () => E.right(undefined))
    if (E.isLeft(sealed)) return sealed
  }
  const onCluster = cluster !== undefined
  return ledgerResult(
    await backupData({ dataDir: data, onCluster, target, keysTarget, onProgress, onVerify }),
  )
}
