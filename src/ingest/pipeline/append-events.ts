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
  const results = await ledger.append(events.map(alone), { order: 'per_stream' })
  if (E.isLeft(results)) return results
  const outcomes = results.right.flatMap((result): ReadonlyArray<AppendOutcome> => {
    if (result.kind === 'written') return result.events
    return result.kind === 'stream_damaged' ? [result] : []
  })
  if (outcomes.length === events.length) return E.right(outcomes)
  return E.left({ kind: 'unavailable', message: 'the store did not report a result for every event' })
}

/** An event that is written or refused whatever happens to others; the store groups those of a stream as it likes. */
const alone = (event: PreparedEvent): AppendBatch => ({
  stream: event.stream,
  expectedRevision: 'any',
  events: [event],
})
