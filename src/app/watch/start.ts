import * as E from '#fp/Either'
import { type LedgerWatch, watchOn } from '../../incidents/watch/watch.ts'
import { lastRecordedAt } from '../../ledger/clock.ts'
import { compileDocuments } from '../../ledger/documents.ts'
import type { OpenLedger } from '../../ledger/open.ts'
import type { LastEvent } from '../clock-tick.ts'
import type { AppError } from '../error.ts'
import { ledgerResult } from '../results.ts'
import { isOfThisLedger, readWatch, type SavedWatch } from './state-file.ts'
import type { WebhookMessage } from './webhook.ts'

/** After what was remembered is lost, people are told again of alarms of this time, in ms, before the ledger's end. */
const TOLD_AGAIN = 86_400_000

/** The last event that was looked at. */
type Looked = LastEvent & Pick<SavedWatch, 'position' | 'leaf'>

export type WatchStart = {
  readonly watch: LedgerWatch
  /** null: none. */
  readonly last: Looked | null
  /** What is still to be sent. */
  readonly outbox: ReadonlyArray<WebhookMessage>
  /** How many events the ledger had. */
  readonly head: number
  /** Alarms that were recorded before (ms) are not told. */
  readonly tellFrom: number
}

/** Where it goes on: after what is remembered, or from the first event. */
export const startOf = async (
  { ledger, vault }: OpenLedger,
  data: string,
  onRemark: (message: string) => void,
): Promise<E.Either<AppError, WatchStart>> => {
  const read = await readWatch(data)
  const saved = E.isLeft(read) ? null : read.right
  const head = ledgerResult(await ledger.head())
  if (E.isLeft(head)) return head
  const last = ledgerResult(await lastRecordedAt(ledger))
  if (E.isLeft(last)) return last
  const ours = ledgerResult(saved === null ? E.right(false) : await isOfThisLedger(ledger, saved))
  if (E.isLeft(ours)) return ours
  const { sequence } = head.right
  if (saved === null || !ours.right) {
    if (E.isLeft(read)) onRemark(`${read.left}; reading the ledger from its first event`)
    if (saved !== null) onRemark('what was remembered is of another ledger; reading all of this one')
    const tellFrom = (last.right ?? 0) - TOLD_AGAIN
    const watch = watchOn({ ledger, vault })
    return E.right({ watch, last: null, outbox: [], head: sequence, tellFrom })
  }
  const { state, outbox, position, leaf } = saved
  const named = new Set(state.alarms.versions.map(({ sha256 }) => sha256))
  const documents = ledgerResult(await compileDocuments(vault, named))
  if (E.isLeft(documents)) return documents
  const watch = watchOn({ ledger, vault }, state, documents.right)
  const looked = { sequence: saved.sequence, position, leaf, recordedAt: state.alarms.clock }
  return E.right({ watch, last: looked, outbox, head: sequence, tellFrom: 0 })
}
