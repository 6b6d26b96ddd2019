import * as E from '#fp/Either'
import { recordedAtOf } from '../../ledger/clock.ts'
import type { Ledger } from '../../ledger/port.ts'
import type { AppError } from '../error.ts'
import { ledgerResult } from '../results.ts'
import { isOfThisLedger, readWatch } from '../watch/state-file.ts'

/** How far `redress watch` is behind a ledger, by what it saved last. */
export type WatchLag = {
  /** The last event that it looked at. */
  readonly watched: number
  readonly head: number
  /** For how long the first event after that has waited, in ms by the ledger's clock; 0: there is none. */
  readonly oldest: number
}

/** Null: no watch has looked at this ledger, as far as the data folder tells. */
export const watchLag = async (
  ledger: Ledger,
  data: string,
  { head, lastRecorded }: { readonly head: number; readonly lastRecorded: number | null },
): Promise<E.Either<AppError, WatchLag | null>> => {
  const read = await readWatch(data)
  // A watch cannot use it either, and reads the ledger from its first event.
  const saved = E.isLeft(read) ? null : read.right
  if (saved === null) return E.right(null)
  const ours = ledgerResult(await isOfThisLedger(ledger, saved))
  if (E.isLeft(ours)) return ours
  if (!ours.right) return E.right(null)
  const { sequence: watched, position } = saved
  for await (const page of ledger.readAll(position, { until: watched + 1 })) {
    if (E.isLeft(page)) return ledgerResult(page)
    const [next] = page.right
    const recorded = next === undefined ? undefined : recordedAtOf(next.canonical)
    if (recorded === undefined || lastRecorded === null) continue
    return E.right({ watched, head, oldest: lastRecorded - recorded })
  }
  return E.right({ watched, head, oldest: 0 })
}
