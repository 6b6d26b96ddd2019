import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api'
import { definitionOf, eventTypes, type StoredEvent } from '../../domain/event.ts'
import { formatInstant, formatInstantWithNanos } from '../../domain/time.ts'
import { upcast } from '../../domain/upcast.ts'
import { sqlText } from '../../foundation/sql.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { rowsOf } from '../duckdb.ts'
import { ProjectionFailure } from '../errors.ts'
import { type EventTable, evidenceColumns } from './columns.ts'
import { dataReader } from './data-of-columns.ts'

/** An event from the history, with its sequence and its account's number (null: it is not about an account). */
export type HistoryEvent = {
  readonly sequence: number
  readonly accountNo: number | null
  readonly event: StoredEvent
}

const evidenceData = dataReader(evidenceColumns)

const COLUMNS: Readonly<Record<EventTable, ReadonlyArray<string>>> = {
  actions: ['sequence::DOUBLE', 'account_no', 'event'],
  evidence: [
    'sequence::DOUBLE',
    'account_no',
    'enum_code(type)',
    'account',
    'epoch_ms(occurred_at)::DOUBLE',
    'occurred_ns',
    'epoch_ms(recorded_at)::DOUBLE',
    'backfill',
    'source',
    'id',
    'signals',
    ...evidenceData.selected,
  ],
}

/** Which events: a condition on the table's columns, tables joined to it, and the order. */
export type Selection = { readonly from?: string; readonly where?: string; readonly orderBy?: string }

/**
 * Events from a table of the history, in chunks. They are as in the ledger, except that evaluations have no trace
 * extensions and their times in UTC: `time` to the nanosecond, others to the millisecond. Throws if there are fewer than
 * expected: DuckDB's binding reports a failure part-way as the end of the rows.
 */
export async function* historyEvents(
  connection: DuckDBConnection,
  table: EventTable,
  { from = '', where = 'true', orderBy }: Selection,
): AsyncIterable<ReadonlyArray<HistoryEvent>> {
  const rows = `FROM ${table} ${from} WHERE ${where}`
  const [counted] = await rowsOf(connection, `SELECT count(*)::DOUBLE ${rows}`)
  const order = orderBy === undefined ? '' : `ORDER BY ${orderBy}`
  const result = await connection.stream(`SELECT ${COLUMNS[table].join(', ')} ${rows} ${order}`)
  let left = Number(counted?.[0])
  // The next chunk is fetched while this one is processed.
  let next = ahead(result.fetchChunk())
  try {
    for (;;) {
      const chunk = await next
      if (chunk === null || chunk.rowCount === 0) break
      left -= chunk.rowCount
      next = ahead(result.fetchChunk())
      yield eventsOf(chunk, table)
    }
  } finally {
    // A caller that stops part-way may close the connection, which must not happen during a fetch.
    await next.catch(() => {})
  }
  if (left !== 0) {
    const message = `DuckDB stopped ${countOf(left, 'event')} before the end, most likely because it ran out of memory`
    throw new ProjectionFailure({ kind: 'failed', message })
  }
}

/** The bytes of events sorted at once, or one account's if it has more: DuckDB sorts them with their texts. */
const SORTED = 16_000_000

/**
 * Accounts one by one, in the order of their numbers, each with its selected events in the order of the ledger, without
 * evaluations. Read by ranges of accounts: DuckDB sorts the next range while the caller processes this one.
 */
export async function* accountsOf(
  connection: DuckDBConnection,
  { from = '', where = 'true' }: Omit<Selection, 'orderBy'>,
): AsyncIterable<ReadonlyArray<HistoryEvent>> {
  const selected = `FROM actions ${from} WHERE account_no IS NOT NULL AND (${where})`
  const ranges = await rowsOf(
    connection,
    `SELECT min(account_no), max(account_no)
      FROM (SELECT account_no, sum(sum(strlen(event))) OVER (ORDER BY account_no) // ${SORTED} AS range
        ${selected} GROUP BY account_no)
      GROUP BY range ORDER BY range`,
  )
  const sorted = async (range: ReadonlyArray<unknown> | undefined) =>
    range &&
    connection.run(
      `SELECT ${COLUMNS.actions.join(', ')} ${selected} AND account_no BETWEEN $1 AND $2
        ORDER BY account_no, sequence`,
      range.map(Number),
    )
  let next = ahead(sorted(ranges[0]))
  try {
    for (let following = 1; ; following++) {
      const result = await next
      if (result === undefined) break
      next = ahead(sorted(ranges[following]))
      let account: HistoryEvent[] = []
      for await (const chunk of result) {
        for (const event of eventsOf(chunk, 'actions')) {
          if (account[0] !== undefined && account[0].accountNo !== event.accountNo) {
            yield account
            account = []
          }
          account.push(event)
        }
      }
      if (account.length > 0) yield account
    }
  } finally {
    // A caller that stops part-way may close the connection, which must not happen during a query.
    await next.catch(() => {})
  }
}

/** The condition on `actions` that an event is in the stream of an incident. */
export const OF_INCIDENTS = `type IN (${eventTypes
  .filter((type) => definitionOf(type).stream === 'incident')
  .map(sqlText)
  .join(', ')})`

/** Incidents one by one, each with the events of its stream, in order. */
export async function* incidentsOf(
  connection: DuckDBConnection,
  { from = '' }: Pick<Selection, 'from'>,
): AsyncIterable<ReadonlyArray<HistoryEvent>> {
  let incident: HistoryEvent[] = []
  const selection = { from, where: OF_INCIDENTS, orderBy: 'incident_id, sequence' }
  for await (const chunk of historyEvents(connection, 'actions', selection)) {
    for (const event of chunk) {
      if (incident[0] !== undefined && incident[0].event.subject !== event.event.subject) {
        yield incident
        incident = []
      }
      incident.push(event)
    }
  }
  if (incident.length > 0) yield incident
}

/** Work that is awaited later: if it fails before that, the failure is not unhandled. */
const ahead = <A>(work: Promise<A>): Promise<A> => {
  work.catch(() => {})
  return work
}

const eventsOf = (chunk: DuckDBDataChunk, table: EventTable): ReadonlyArray<HistoryEvent> => {
  const columns = Array.from({ length: chunk.columnCount }, (_, i) => chunk.getColumnValues(i))
  return Array.from({ length: chunk.rowCount }, (_, row) => {
    const [sequence, accountNo, ...own] = columns.map((column) => column[row] ?? null)
    return {
      sequence: Number(sequence),
      accountNo: accountNo === null ? null : Number(accountNo),
      event: table === 'actions' ? action(own) : evidence(own),
    }
  })
}

type Row = ReadonlyArray<unknown>

/** The event of the text in the column `event`. */
export const recordedAction = (text: string): StoredEvent =>
  // Cast: the ledger's own text, which was decoded when it was read from the ledger.
  upcast(JSON.parse(text)) as unknown as StoredEvent

const action = ([event]: Row): StoredEvent => recordedAction(String(event))

const evidence = ([
  type,
  account,
  occurredAt,
  occurredNanos,
  recordedAt,
  backfill,
  source,
  id,
  signals,
  ...data
]: Row): StoredEvent => {
  const event: Readonly<Record<string, unknown>> = {
    specversion: '1.0',
    id,
    source,
    // The column's words are the types in this order. Their texts would be read for each row.
    type: eventTypes[Number(type)],
    subject: account,
    time: formatInstantWithNanos(Number(occurredAt), Number(occurredNanos)),
    recordedat: formatInstant(Number(recordedAt)),
    ...(backfill === true ? { backfill } : {}),
    data: {
      ...evidenceData.dataOf(data),
      ...(signals === null ? {} : { signals: JSON.parse(String(signals)) }),
    },
  }
  // Cast: the row comes from an event that was decoded when it was read from the ledger; a property test compares them.
  return event as unknown as StoredEvent
}
