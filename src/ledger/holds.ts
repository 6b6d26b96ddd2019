import * as E from '#fp/Either'
import type { StoredEvent } from '../domain/event.ts'
import { streamOf } from '../domain/stream.ts'
import type { Ledger, LedgerError } from './port.ts'
import { readDecoded } from './read.ts'

export const HOLDS = streamOf({ type: 'hold.requested.v1', subject: '' })

/** Every request for a hold and every end of one, in order: the stream's revisions from 0. */
export const readHoldEvents = async (
  ledger: Pick<Ledger, 'readStream' | 'vocabulary'>,
): Promise<E.Either<LedgerError, ReadonlyArray<StoredEvent<'hold.requested.v1' | 'hold.lifted.v1'>>>> => {
  const events: StoredEvent<'hold.requested.v1' | 'hold.lifted.v1'>[] = []
  for await (const page of readDecoded(ledger, ledger.readStream(HOLDS))) {
    if (E.isLeft(page)) return page
    for (const { event } of page.right) {
      if (event.type === 'hold.requested.v1' || event.type === 'hold.lifted.v1') events.push(event)
    }
  }
  return E.right(events)
}
