import type { Account, Decision } from '../../domain/account.ts'
import { gradeChanges } from '../../domain/graded-changes.ts'
import { instantOf } from '../../domain/time.ts'
import type { HistoryEvent } from '../../projection/events/read.ts'
import { orderedOf } from '../../projection/fold.ts'
import { type Stated, statedChange, statedDecision } from './stated.ts'

/** How far earlier runs got: decisions recorded after `after` are new, and so are changes after `changesAfter`. */
export type Reached = { readonly after: number; readonly changesAfter: number }

/** What a statement is due for. `time` decides its period; `isNew`: no earlier run has handled it. */
type Due = { readonly stated: Stated; readonly time: number; readonly isNew: boolean }

/** The statements due for an account: one for each decision as made, and one for each change that made it harsher. */
export const dueOf = (
  account: ReadonlyArray<HistoryEvent>,
  record: Account,
  { after, changesAfter }: Reached,
): ReadonlyArray<Due> => {
  // What is exported cannot be undone, so the event recorded first decides whether and when.
  const firsts = firstRecorded(account)
  const sequences = new Map(account.map(({ event, sequence }) => [event, sequence]))
  const ordered = orderedOf(account).map(({ event }) => ({ event, sequence: sequences.get(event) ?? 0 }))
  const changes = gradeChanges(
    Array.from(firsts.values(), ({ event }) => event),
    ordered,
  )
  return record.decisions.flatMap((decision) => {
    const first = firsts.get(decision.decisionId)
    if (first === undefined) return []
    const harsher = (changes.get(decision.decisionId) ?? []).filter(({ isHarsher }) => isHarsher)
    return [
      { stated: statedDecision(decision), time: instantOf(first.event.time), isNew: first.sequence > after },
      ...harsher.map((change) => ({
        stated: statedChange(decision, change),
        time: change.at,
        // A change may be recorded before its decision.
        isNew: Math.max(first.sequence, sequences.get(change.event) ?? 0) > changesAfter,
      })),
    ]
  })
}

type FirstRecorded = { readonly sequence: number; readonly event: Decision['made'] }

/** For each decision id of an account, the event that the ledger recorded first. */
const firstRecorded = (account: ReadonlyArray<HistoryEvent>): ReadonlyMap<string, FirstRecorded> => {
  const firsts = new Map<string, FirstRecorded>()
  for (const { sequence, event } of account) {
    if (event.type !== 'account.deactivated.v1' && event.type !== 'content.removed.v1') continue
    const known = firsts.get(event.data.decisionId)
    if (known === undefined || sequence < known.sequence)
      firsts.set(event.data.decisionId, { sequence, event })
  }
  return firsts
}
