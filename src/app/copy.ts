import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as E from '#fp/Either'
import { isWritable } from '../foundation/sqlite/read-only.ts'
import { dataFiles } from '../ledger/data-files.ts'
import { copyLedger, openCopyTarget } from '../ledger/eventstoredb/copy.ts'
import { openExisting } from '../ledger/open.ts'
import type { Ledger, LedgerError } from '../ledger/port.ts'
import { retireLedger } from '../ledger/retire.ts'
import { type AppError, invalid } from './error.ts'
import { ledgerResult } from './results.ts'

export type CopyOptions = {
  /** The data folder. */
  readonly from: string
  /** The cluster's address. */
  readonly to: string
  /** Called periodically with how many events are there and known to be the same, and the total. */
  readonly onProgress: (done: number, total: number) => void
}

/** What was copied. `retired`: the embedded ledger is out of use; false if another process has it open. */
export type LedgerCopy = { readonly found: number; readonly written: number; readonly retired: boolean }

/**
 * Copies the events of a data folder into a cluster, or resumes where an earlier copy ended, compares all of them, and
 * takes the ledger in the folder out of use.
 */
export const copyToCluster = async ({
  from,
  to,
  onProgress,
}: CopyOptions): Promise<E.Either<AppError, LedgerCopy>> => {
  if (existsSync(from) && !isWritable(join(from, dataFiles.ledger))) {
    return invalid(
      `${from} is not writable, but copying retires its ledger at the end; check its permissions, and whether its disk is read-only`,
    )
  }
  const opened = ledgerResult(await openExisting(from))
  if (E.isLeft(opened)) return opened
  const copied = ledgerResult(
    await copyAll(opened.right.ledger, { from, to, onProgress }).finally(opened.right.close),
  )
  if (E.isLeft(copied)) return copied
  return E.right({ ...copied.right, retired: retireLedger(from) })
}

const copyAll = async (
  source: Ledger,
  { from, to, onProgress }: CopyOptions,
): Promise<E.Either<LedgerError, Omit<LedgerCopy, 'retired'>>> => {
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
