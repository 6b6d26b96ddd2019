import * as E from '#fp/Either'
import type { AppendBatch, EventOutcome, Ledger, LedgerError } from '../ledger/port.ts'
import type { PreparedEvent } from '../ledger/prepare.ts'

/** Appends events, each for itself, in their order whatever their streams; gives an outcome for each. */
export const appendEvents = async (
  ledger: Ledger,
  events: ReadonlyArray<PreparedEvent>,
): Promise<E.Either<LedgerError, ReadonlyArray<EventOutcome>>> => {
  if (events.length === 0) return E.right([])
  const results = await ledger.append(inRuns(events))()
  if (E.isLeft(results)) return results
  const outcomes: EventOutcome[] = []
  for (const result of results.right) {
    if (result.kind === 'written') outcomes.push(...result.events)
  }
  if (outcomes.length === events.length) return E.right(outcomes)
  return E.left({ kind: 'corrupt', message: 'the store did not answer for every event' })
}

/** So much goes together at most, in characters: a cluster takes a megabyte at once, by default. */
const RUN_LENGTH = 400_000

/** Neighbours of one stream go together: what came first gets the lower sequence, in all streams. */
const inRuns = (events: ReadonlyArray<PreparedEvent>): ReadonlyArray<AppendBatch> => {
  const runs: AppendBatch[] = []
  let run: PreparedEvent[] = []
  let length = 0
  for (const event of events) {
    const more = event.head.length + event.tail.length + (event.kind === 'personal' ? event.middle.length : 0)
    if (run[0]?.stream !== event.stream || length + more > RUN_LENGTH) {
      run = []
      length = 0
      runs.push({ stream: event.stream, expectedRevision: 'any', events: run })
    }
    run.push(event)
    length += more
  }
  return runs
}
