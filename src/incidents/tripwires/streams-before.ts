import * as E from '#fp/Either'
import type { StoredEvent } from '../../domain/event.ts'
import type { StreamName } from '../../domain/stream.ts'
import type { Ledger, LedgerError, RecordedEvent } from '../../ledger/port.ts'
import { type DecodedEvent, readDecoded } from '../../ledger/read.ts'

/** Looks up what was recorded in a stream before one of its events, while all events are read in order. */
export type StreamsBefore = {
  readonly before: (
    place: Pick<RecordedEvent, 'stream' | 'revision'>,
  ) => Promise<E.Either<LedgerError, ReadonlyArray<StoredEvent>>>
  /** Takes each event, after what was before it was looked up. */
  readonly pass: (decoded: DecodedEvent) => void
}

/** How many events are kept. */
const MOST = 50_000

/**
 * Keeps the streams that were looked up last: an account with thousands of decisions would otherwise be read thousands of
 * times.
 */
export const streamsBefore = (ledger: Pick<Ledger, 'readStream' | 'vocabulary'>): StreamsBefore => {
  // In the order of their last use.
  const kept = new Map<StreamName, StoredEvent[]>()
  let size = 0

  const keep = (stream: StreamName, events: StoredEvent[]): void => {
    kept.delete(stream)
    kept.set(stream, events)
    for (const [other, { length }] of kept) {
      if (size <= MOST || other === stream) break
      kept.delete(other)
      size -= length
    }
  }
  return {
    before: async ({ stream, revision }) => {
      const known = kept.get(stream)
      const events = known ?? []
      if (known === undefined) {
        for await (const page of readDecoded(ledger, ledger.readStream(stream))) {
          if (E.isLeft(page)) return page
          for (const { recorded, event } of page.right) if (recorded.revision < revision) events.push(event)
        }
        size += events.length
      }
      keep(stream, events)
      return E.right(events)
    },
    pass: ({ recorded, event }) => {
      const events = kept.get(recorded.stream)
      if (events === undefined) return
      events.push(event)
      size++
    },
  }
}
