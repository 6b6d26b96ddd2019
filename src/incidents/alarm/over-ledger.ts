import * as E from '#fp/Either'
import type { StoredEvent } from '../../domain/event.ts'
import { streamOf } from '../../domain/stream.ts'
import { instantOf } from '../../domain/time.ts'
import type { LedgerError } from '../../ledger/port.ts'
import { readDecoded } from '../../ledger/read.ts'
import type { LoadError } from '../../replay/model/load.ts'
import { documentOf, eachOfHistory, type FoldedLedger, type HistoryOptions } from '../history.ts'
import type { Alarm } from './alarm.ts'
import { type Alarms, type DueDecision, openAlarms, type SettledDecision } from './alarms.ts'

/** What would have sounded by a sequence of the ledger. */
export type AlarmsSounded = { readonly sequence: number; readonly alarms: ReadonlyArray<Alarm> }

/** The alarms that the first events of a ledger sound, in order. Reads all of them. */
export const alarmsOver = async (
  { ledger, vault }: FoldedLedger,
  options: HistoryOptions,
): Promise<E.Either<LoadError, AlarmsSounded>> => {
  const alarms = openAlarms()
  const found: Alarm[] = []
  const last = await eachOfHistory(ledger, options, async ({ recorded: { sequence }, event }) => {
    const document = event.type === 'ruleset.published.v1' ? await documentOf(vault, event) : E.right(null)
    if (E.isLeft(document)) return document
    const settled = await settledBy(ledger, alarms, instantOf(event.recordedat))
    if (E.isLeft(settled)) return settled
    found.push(...alarms.take({ sequence, event, document: document.right, settled: settled.right }))
    return E.right(undefined)
  })
  return E.isLeft(last) ? last : E.right({ sequence: last.right, alarms: found })
}

/**
 * The decisions that are due at a moment. Of those that cannot count nothing is read: an account may have thousands of
 * decisions in a day, and gives one unit.
 */
const settledBy = async (
  ledger: FoldedLedger['ledger'],
  alarms: Alarms,
  moment: number,
): Promise<E.Either<LedgerError, ReadonlyArray<SettledDecision>>> => {
  const settled: SettledDecision[] = []
  for (const decision of alarms.due(moment)) {
    const recorded = alarms.mayCount(decision) ? await recordedUntilDue(ledger, decision) : E.right([])
    if (E.isLeft(recorded)) return recorded
    settled.push({ decision, recorded: recorded.right })
  }
  return E.right(settled)
}

/** What was recorded in the stream of a decision's account until it is due. */
const recordedUntilDue = async (
  ledger: FoldedLedger['ledger'],
  { due, event: { account } }: DueDecision,
): Promise<E.Either<LedgerError, ReadonlyArray<StoredEvent>>> => {
  const stream = streamOf({ type: 'account.deactivated.v1', subject: account })
  const events: StoredEvent[] = []
  for await (const page of readDecoded(ledger, ledger.readStream(stream))) {
    if (E.isLeft(page)) return page
    for (const { event } of page.right) {
      if (instantOf(event.recordedat) >= due) return E.right(events)
      events.push(event)
    }
  }
  return E.right(events)
}
