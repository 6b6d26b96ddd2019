import * as E from '#fp/Either'
import { type RequestMessage, requestMessageOf } from '../../incidents/feeds/requests.ts'
import type { Ledger } from '../../ledger/port.ts'
import { readDecoded } from '../../ledger/read.ts'
import { type AppError, invalid } from '../error.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, readingLedger } from '../stores.ts'

export type RequestsOptions = LedgerPlace & {
  /** The sequence up to which they are known; 0: none is. */
  readonly after: number
  /** Called with each request and withdrawal, in the order in which they were recorded. */
  readonly onRequest: (message: RequestMessage) => void
  /** Called with the last event that was looked at, and how many the ledger has. */
  readonly onRead: (sequence: number, head: number) => void
}

/** How many requests and withdrawals there are after a sequence, and up to which one. */
export type ListedRequests = { readonly sequence: number; readonly requests: number }

/** Lists what services are asked to undo, for those that ask again and again: what `redress dispatch` sends, from the ledger. */
export const listRequests = (options: RequestsOptions): Promise<E.Either<AppError, ListedRequests>> =>
  readingLedger(options, ({ ledger }) => listFrom(ledger, options))

const listFrom = async (
  ledger: Ledger,
  { after, onRequest, onRead }: RequestsOptions,
): Promise<E.Either<AppError, ListedRequests>> => {
  const head = ledgerResult(await ledger.head())
  if (E.isLeft(head)) return head
  const until = head.right.sequence
  if (after > until) {
    return invalid(
      `the ledger ends at sequence ${until}: was it restored from a backup? Then ask from 0 again`,
      'after',
    )
  }
  const position = ledgerResult(after === 0 ? E.right(null) : await ledger.positionAt(after))
  if (E.isLeft(position)) return position
  let requests = 0
  for await (const page of readDecoded(ledger, ledger.readAll(position.right, { until }))) {
    if (E.isLeft(page)) return ledgerResult(page)
    for (const decoded of page.right) {
      const message = requestMessageOf(decoded)
      if (message === null) continue
      requests++
      onRequest(message)
    }
    onRead(page.right.at(-1)?.recorded.sequence ?? after, until)
  }
  return E.right({ sequence: until, requests })
}
