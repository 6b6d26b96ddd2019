import type { DuckDBConnection } from '@duckdb/node-api'
import type { EventType } from '../../domain/event.ts'
import { sqlText } from '../../foundation/sql.ts'
import { rowsOf } from '../../projection/duckdb.ts'

/** Requests to services, and withdrawals, as far as the projections go. */
export type WaitingRequests = {
  readonly count: number
  /** How many were recorded after the event up to which they were sent. */
  readonly waiting: number
  /** When the first of these was recorded, in ms; null: there is none. */
  readonly since: number | null
}

const TYPES: ReadonlyArray<EventType> = ['reinstatement.requested.v1', 'reinstatement.withdrawn.v1']

/** What waits to be sent to services; `sent`: the sequence up to which all is sent. */
export const waitingRequests = async (
  connection: DuckDBConnection,
  sent: number,
): Promise<WaitingRequests> => {
  const [counts] = await rowsOf(
    connection,
    `SELECT count(*)::INTEGER, count(*) FILTER (sequence > $1)::INTEGER,
      epoch_ms(min(recorded_at) FILTER (sequence > $1))::DOUBLE
      FROM events WHERE type IN (${TYPES.map(sqlText).join(', ')})`,
    [sent],
  )
  const [count, waiting, since] = counts ?? []
  return { count: Number(count), waiting: Number(waiting), since: since == null ? null : Number(since) }
}
