import * as E from '#fp/Either'
import type { StoredEvent } from '../../domain/event.ts'
import type { Ledger, LedgerError } from '../../ledger/port.ts'
import { readDecoded } from '../../ledger/read.ts'
import { accountStateOf, type PublishedState } from './state.ts'

/** Reads an account's state from its own stream; null for an account that has none. */
export const readAccountState = async (
  ledger: Ledger,
  account: string,
): Promise<E.Either<LedgerError, PublishedState | null>> => {
  const events: StoredEvent[] = []
  for await (const page of readDecoded(ledger, ledger.readStream(`account-${account}`))) {
    if (E.isLeft(page)) return page
    for (const { event } of page.right) events.push(event)
  }
  return E.right(accountStateOf(events))
}

/** How many events an account's own stream has, which costs less than decoding them. */
export const countEvents = async (
  ledger: Ledger,
  account: string,
): Promise<E.Either<LedgerError, number>> => {
  let count = 0
  for await (const page of ledger.readStream(`account-${account}`)) {
    if (E.isLeft(page)) return page
    count += page.right.length
  }
  return E.right(count)
}
