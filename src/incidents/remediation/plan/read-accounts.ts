import * as E from '#fp/Either'
import type { StoredEvent } from '../../../domain/event.ts'
import type { Ledger, LedgerError } from '../../../ledger/port.ts'
import { type DecodedEvent, readDecoded } from '../../../ledger/read.ts'

/** The events of an account's own stream, in the order of recording. */
export type ReadAccount = (account: string) => Promise<E.Either<LedgerError, ReadonlyArray<StoredEvent>>>

/** Reads accounts of a ledger as they were at a sequence. */
export const accountsAt =
  (ledger: Pick<Ledger, 'readStream' | 'sequenceOf' | 'vocabulary'>, sequence: number): ReadAccount =>
  async (account) => {
    const events: DecodedEvent[] = []
    for await (const page of readDecoded(ledger, ledger.readStream(`account-${account}`))) {
      if (E.isLeft(page)) return page
      for (const each of page.right) events.push(each)
    }
    // The order in a stream is that of sequences, and few have events that are later: the last ones are asked about.
    for (let last = events.at(-1); last !== undefined; last = events.at(-1)) {
      const found = await ledger.sequenceOf(last.recorded.position)
      if (E.isLeft(found)) return found
      if (found.right !== null && found.right <= sequence) break
      events.pop()
    }
    return E.right(events.map(({ event }) => event))
  }
