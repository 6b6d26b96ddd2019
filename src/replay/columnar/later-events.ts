import type { DuckDBConnection } from '@duckdb/node-api'
import type { Ledger, Position } from '../../ledger/port.ts'
import { ProjectionFailure } from '../../projection/errors.ts'
import { type AccountNumbers, insertRows, numberAccounts } from '../../projection/events/insert.ts'
import type { SignalColumn } from '../../projection/events/signals.ts'
import { gather } from '../../projection/gather.ts'
import { registerRows } from '../../projection/rows/run.ts'

/** The temporary tables of the events that were recorded after those of the published projections. */
export const LATER = {
  actions: 'later_actions',
  evidence: 'later_evidence',
  accounts: 'later_accounts',
} as const

export type LaterOptions = {
  /** The position of the last event that is projected; null: none is. */
  readonly after: Position | null
  /** Its sequence. */
  readonly from: number
  /** The last sequence to read. */
  readonly until: number
  readonly signalColumns: ReadonlyArray<SignalColumn>
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * Reads events from the ledger into temporary tables, exactly as the projections would: new accounts get the next numbers.
 * Throws a `ProjectionFailure` if the ledger or the database fails.
 */
export const insertLaterEvents = async (
  connection: DuckDBConnection,
  ledger: Pick<Ledger, 'readAll' | 'vocabulary'>,
  { after, from, until, signalColumns, onProgress }: LaterOptions,
): Promise<void> => {
  await connection.run(`CREATE TEMP TABLE ${LATER.actions} AS FROM actions LIMIT 0`)
  await connection.run(`CREATE TEMP TABLE ${LATER.evidence} AS FROM evidence LIMIT 0`)
  await connection.run(`CREATE TEMP TABLE ${LATER.accounts} AS FROM account_ids LIMIT 0`)
  registerRows(connection)
  const known = `(FROM account_ids UNION ALL FROM ${LATER.accounts})`
  const numbers: AccountNumbers = new Map()
  const over = new AbortController()
  try {
    const gathering = gather(ledger, ledger.readAll(after, { until }), over.signal, () => signalColumns)
    let sequence = from
    for (let ended = false; !ended; ) {
      const gathered = await gathering.take(until, Number.POSITIVE_INFINITY)
      if (gathered.kind === 'failed') throw new ProjectionFailure(gathered.error)
      const { batch } = gathered
      await numberAccounts(connection, batch.accounts.keys(), numbers, { known, into: LATER.accounts })
      for (const table of ['actions', 'evidence'] as const) {
        await insertRows(connection, table, batch, signalColumns, numbers, LATER[table])
      }
      sequence = batch.last()?.recorded.sequence ?? sequence
      onProgress?.(sequence - from, until - from)
      ended = gathered.ended
    }
    if (sequence < until) {
      const message = `it ended at sequence ${sequence} while being read, before ${until}`
      throw new ProjectionFailure({ kind: 'unavailable', message })
    }
  } finally {
    over.abort()
  }
}
