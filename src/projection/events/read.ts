import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api'
import { DuckDBListValue } from '@duckdb/node-api'
import type { StoredEvent } from '../../domain/event.ts'
import { formatInstant } from '../../domain/time.ts'
import { actionColumns, type DataColumn, evidenceColumns, named } from './columns.ts'
import type { EventTable } from './tables.ts'

/** An event out of the history, with its place in the ledger and its account's number (null: of a ruleset). */
export type HistoryEvent = {
  readonly sequence: number
  readonly accountNo: number | null
  readonly event: StoredEvent
}

type Field = { readonly sql: string; readonly set: (event: Draft, value: unknown) => void }
type Draft = { [attribute: string]: unknown; data: Record<string, unknown> }

/** How a column becomes a field of `data` again. */
const dataField = ({ name, path, kind }: DataColumn): Field => {
  const column = named(name)
  const [outer = path, inner] = path.split('.')
  const fieldValue = (value: unknown): unknown =>
    kind === 'instant' ? formatInstant(Number(value)) : value instanceof DuckDBListValue ? value.items : value
  return {
    sql:
      kind === 'instant'
        ? `epoch_ms(${column})::DOUBLE`
        : typeof kind === 'object'
          ? `${column}::VARCHAR`
          : column,
    set: ({ data }, value) => {
      if (inner === undefined) {
        data[outer] = fieldValue(value)
        return
      }
      // Cast: nothing but this function makes the parts of `data`.
      const part = (data[outer] ?? {}) as Record<string, unknown>
      part[inner] = fieldValue(value)
      data[outer] = part
    },
  }
}

const signals: Field = {
  sql: 'signals',
  set: ({ data }, value) => {
    data.signals = JSON.parse(String(value))
  },
}
const untilLifted: Field = {
  sql: 'nullif(until_lifted, false)',
  set: ({ data }) => {
    data.until = null
  },
}

const fieldsOf: Readonly<Record<EventTable, ReadonlyArray<Field>>> = {
  actions: [...actionColumns.map(dataField), untilLifted, signals],
  evidence: [...evidenceColumns.map(dataField), signals],
}

const ENVELOPE = [
  'sequence::DOUBLE',
  'account_no',
  'account',
  'type::VARCHAR',
  'epoch_ms(occurred_at)::DOUBLE',
  'epoch_ms(recorded_at)::DOUBLE',
  'source',
  'id',
]

/** What a query over a table of the history, joined with `account_ids`, has to select for `historyEvents`. */
export const eventSelection = (table: EventTable): string =>
  [
    ...ENVELOPE.map((column) =>
      table === 'evidence' && column.startsWith('type') ? "'content.evaluated.v1'" : column,
    ),
    ...fieldsOf[table].map(({ sql }) => sql),
  ].join(', ')

/**
 * Events out of the history, in chunks, as the query orders them. They are what the ledger holds but for three things:
 * times are in UTC to the millisecond; sealed texts and trace extensions are left out.
 */
export async function* historyEvents(
  connection: DuckDBConnection,
  table: EventTable,
  query: string,
): AsyncIterable<ReadonlyArray<HistoryEvent>> {
  const result = await connection.stream(query)
  for await (const chunk of result) yield eventsOf(chunk, fieldsOf[table])
}

const eventsOf = (chunk: DuckDBDataChunk, fields: ReadonlyArray<Field>): ReadonlyArray<HistoryEvent> => {
  const [sequence, accountNo, account, type, occurredAt, recordedAt, source, id] = ENVELOPE.map((_, i) =>
    chunk.getColumnValues(i),
  )
  const drafts: Draft[] = []
  for (let row = 0; row < chunk.rowCount; row++) {
    drafts.push({
      specversion: '1.0',
      id: id?.[row],
      source: source?.[row],
      type: type?.[row],
      subject: account?.[row],
      time: formatInstant(Number(occurredAt?.[row])),
      recordedat: formatInstant(Number(recordedAt?.[row])),
      data: {},
    })
  }
  fields.forEach(({ set }, i) => {
    const values = chunk.getColumnValues(ENVELOPE.length + i)
    drafts.forEach((draft, row) => {
      const value = values[row]
      if (value !== null && value !== undefined) set(draft, value)
    })
  })
  return drafts.map((draft, row) => ({
    sequence: Number(sequence?.[row]),
    accountNo: accountNo?.[row] === null ? null : Number(accountNo?.[row]),
    event: completed(draft),
  }))
}

const completed = (draft: Draft): StoredEvent => {
  if (draft.type === 'ruleset.published.v1') {
    // Cast: its `data.ruleset` was just put together.
    draft.subject = (draft.data.ruleset as { id: string }).id
  }
  // Cast: the rows were read out of events that the ledger had accepted, column by column; a property test compares.
  return draft as unknown as StoredEvent
}
