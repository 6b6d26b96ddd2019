import { Buffer } from 'node:buffer'
import * as E from '#fp/Either'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import type { PreparedEvent } from '../../ledger/event/prepare.ts'
import type { AppendBatch, EventOutcome, Ledger, LedgerError } from '../../ledger/port.ts'

/** The outcome of an event to append; for a stream that was deleted or cut, nothing is written. */
export type AppendOutcome =
  | EventOutcome
  | { readonly kind: 'stream_damaged'; readonly damaged: DamagedStream }

/** Appends events individually, in the order of each stream; returns an outcome for each. */
export const appendEvents = async (
  ledger: Pick<Ledger, 'append'>,
  events: ReadonlyArray<PreparedEvent>,
): Promise<E.Either<LedgerError, ReadonlyArray<AppendOutcome>>> => {
  if (events.length === 0) return E.right([])
  const runs = inRuns(events)
  const results = await ledger.append(runs, { order: 'per_stream' })
  if (E.isLeft(results)) return results
  const outcomes: AppendOutcome[] = []
  for (const [i, result] of results.right.entries()) {
    if (result.kind === 'written') outcomes.push(...result.events)
    if (result.kind === 'stream_damaged') {
      const { damaged } = result
      outcomes.push(...(runs[i]?.events ?? []).map(() => ({ kind: 'stream_damaged', damaged }) as const))
    }
  }
  if (outcomes.length === events.length) return E.right(outcomes)
  return E.left({ kind: 'unavailable', message: 'the store did not report a result for every event' })
}

/** The most bytes appended together: by default, a cluster accepts a megabyte at once. */
const RUN_BYTES = 512 * 1024
/** What the ledger adds to each, rounded up. */
const ADDED = 1_024

/** Consecutive events of one stream go together; whether others of the same stream join them is up to the store. */
const inRuns = (events: ReadonlyArray<PreparedEvent>): ReadonlyArray<AppendBatch> => {
  const runs: AppendBatch[] = []
  let run: PreparedEvent[] = []
  let bytes = 0
  for (const event of events) {
    const own = event.head + event.tail + (event.kind === 'personal' ? event.middle : '')
    const more = Buffer.byteLength(own) + ADDED
    if (run[0]?.stream !== event.stream || bytes + more > RUN_BYTES) {
      run = []
      bytes = 0
      runs.push({ stream: event.stream, expectedRevision: 'any', events: run })
    }
    run.push(event)
    bytes += more
  }
  return runs
}
