import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { positionOf } from '../../ingest/outbox/cursor.ts'
import type { Ledger } from '../../ledger/port.ts'
import { waitingRequests } from '../../reports/health/waiting-requests.ts'
import { readDispatched } from '../dispatch/progress-file.ts'
import type { AppError } from '../error.ts'
import { ledgerResult } from '../results.ts'

/** How far `redress dispatch` is behind a ledger, by what it saved last. */
export type DispatchLag = {
  /** The last event up to which all was sent; null: nobody sends, as far as the data folder tells. */
  readonly sent: number | null
  /** How many requests and withdrawals wait. */
  readonly waiting: number
  /** For how long the first of them has, in ms by the ledger's clock; 0: there is none. */
  readonly oldest: number
}

/** Null: there are no requests, as far as the projections go. */
export const dispatchLag = async (
  ledger: Ledger,
  { data, connection }: { readonly data: string; readonly connection: DuckDBConnection },
  lastRecorded: number | null,
): Promise<E.Either<AppError, DispatchLag | null>> => {
  const saved = await readDispatched(data)
  const position = ledgerResult(saved === null ? E.right(null) : await positionOf(ledger, saved))
  if (E.isLeft(position)) return position
  const sent = saved === null || position.right === null ? null : saved.sequence
  const { count, waiting, since } = await waitingRequests(connection, sent ?? 0)
  if (count === 0) return E.right(null)
  return E.right({
    sent,
    waiting,
    oldest: since === null || lastRecorded === null ? 0 : lastRecorded - since,
  })
}
