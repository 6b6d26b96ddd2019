import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as E from '#fp/Either'
import { isWritable } from '../foundation/sqlite/read-only.ts'
import { dataFiles } from '../ledger/data-files.ts'
import { copyLedger, openCopyTarget } from '../ledger/eventstoredb/copy.ts'
import { openExisting } from '../ledger/open.ts'
import type { Ledger, LedgerError } from '../ledger/port.ts'
import { retireLedger } from '../ledger/retire.ts'
import type { CopyFinding } from '../ledger/sqlite/verify.ts'
import { type VerifiedPaths, verifyFolder } from '../ledger/sqlite/verify-folder.ts'
import { type AppError, invalid } from './error.ts'
import { ledgerResult } from './results.ts'

export type CopyOptions = {
  /** The data folder. */
  readonly from: string
  /** The cluster's address. */
  readonly to: string
  /** Called periodically with how many events are there and known to be the same, and the total. */
  readonly onProgress: (done: number, total: number) => void
  /** The same for what is read in the data folder and checked before. */
  readonly onVerify: (done: number, total: number) => void
}

type CopiedEvents = { readonly found: number; readonly written: number }

export type LedgerCopy = CopiedEvents & {
  /** Whether the embedded ledger is out of use; false if another process has it open. */
  readonly retired: boolean
  /** What is wrong with the data folder, whose vault and keys stay in use. */
  readonly findings: ReadonlyArray<CopyFinding>
}

/**
 * Copies the events of a data folder into a cluster, or resumes where an earlier copy ended, compares all of them, and
 * takes the ledger in the folder out of use. What the events refer to stays there, and is checked first.
 */
export const copyToCluster = async (options: CopyOptions): Promise<E.Either<AppError, LedgerCopy>> => {
  const { from } = options
  if (existsSync(from) && !isWritable(join(from, dataFiles.ledger))) {
    return invalid(
      `${from} is not writable, but copying retires its ledger at the end; check its permissions, and whether its disk is read-only`,
    )
  }
  const opened = ledgerResult(await openExisting(from))
  if (E.isLeft(opened)) return opened
  const copied = ledgerResult(await verifyAndCopy(opened.right.ledger, options).finally(opened.right.close))
  return E.isLeft(copied) ? copied : E.right({ ...copied.right, retired: retireLedger(from) })
}

const verifyAndCopy = async (
  source: Ledger,
  { onVerify, ...options }: CopyOptions,
): Promise<E.Either<LedgerError, Omit<LedgerCopy, 'retired'>>> => {
  const verified = await verifyFolder(filesIn(options.from), onVerify)
  if (E.isLeft(verified)) return verified
  const { findings } = verified.right
  return E.map((copied: CopiedEvents) => ({ ...copied, findings }))(await copyAll(source, options))
}

const filesIn = (data: string): VerifiedPaths => ({
  ledger: join(data, dataFiles.ledger),
  vault: join(data, dataFiles.vault),
  keys: join(data, dataFiles.keys),
  withKeys: false,
})

const copyAll = async (
  source: Ledger,
  { from, to, onProgress }: Omit<CopyOptions, 'onVerify'>,
): Promise<E.Either<LedgerError, CopiedEvents>> => {
  const target = openCopyTarget(to, { sequencePath: join(from, dataFiles.sequence) })
  if (E.isLeft(target)) return target
  try {
    let found: number | undefined
    let written = 0
    // Until nothing was added meanwhile.
    for (let copied = -1; ; ) {
      const head = await source.head()
      if (E.isLeft(head)) return head
      const { sequence } = head.right
      if (sequence === copied) return E.right({ found: found ?? 0, written })
      const more = await copyLedger({
        source,
        ...target.right,
        onProgress: (done) => onProgress(done, sequence),
      })
      if (E.isLeft(more)) return more
      found ??= more.right.found
      written += more.right.written
      copied = more.right.found + more.right.written
    }
  } finally {
    await target.right.close()
  }
}
