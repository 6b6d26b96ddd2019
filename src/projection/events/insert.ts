import type { DuckDBConnection } from '@duckdb/node-api'
import type { SequencedEvent } from '../../ledger/port.ts'
import { actionColumns, type DataColumn, evidenceColumns, named, quoted } from './columns.ts'
import { type EventTable, pathTo, type SignalColumn, signalValue } from './tables.ts'

/** Events on their way into the history's tables, as DuckDB takes them in: many in one text. */
export type EventBatch = {
  readonly add: (event: SequencedEvent) => void
  readonly size: () => number
  readonly last: () => SequencedEvent | null
  /** Those that publish a ruleset. */
  readonly publications: ReadonlyArray<SequencedEvent>
  readonly pages: Readonly<Record<EventTable, ReadonlyArray<Page>>>
  /** Each account once, in the order in which the ledger met it. */
  readonly accounts: ReadonlySet<string>
}
type Page = { readonly sequences: ReadonlyArray<number>; readonly canonical: ReadonlyArray<string> }

/** So many events make one text: some 300 KB. */
const PAGE = 500

export const eventBatch = (): EventBatch => {
  const pages: Record<EventTable, { sequences: number[]; canonical: string[] }[]> = {
    actions: [],
    evidence: [],
  }
  const accounts = new Set<string>()
  const publications: SequencedEvent[] = []
  let size = 0
  let last: SequencedEvent | null = null
  return {
    add: (event) => {
      const { stream, sequence, canonical } = event
      const dash = stream.indexOf('-')
      const kind = stream.slice(0, dash)
      if (kind === 'ruleset') publications.push(event)
      else accounts.add(stream.slice(dash + 1))
      const into = pages[kind === 'evidence' ? 'evidence' : 'actions']
      let page = into.at(-1)
      if (page === undefined || page.sequences.length === PAGE) {
        page = { sequences: [], canonical: [] }
        into.push(page)
      }
      page.sequences.push(sequence)
      page.canonical.push(canonical)
      size++
      last = event
    },
    size: () => size,
    last: () => last,
    publications,
    pages,
    accounts,
  }
}

/** Makes the temporary tables that `insertEvents` works with. */
export const prepareInserts = async (connection: DuckDBConnection): Promise<void> => {
  for (const table of ['actions', 'evidence'])
    await connection.run(`CREATE TEMP TABLE ${table}_pages (sequences VARCHAR, events VARCHAR)`)
  await connection.run('CREATE TEMP TABLE batch_accounts (nth INTEGER, account VARCHAR)')
  await connection.run('CREATE TEMP TABLE batch_numbers (account_no INTEGER, account VARCHAR)')
}

/**
 * Takes a batch into the history, inside the caller's transaction. DuckDB itself reads the stored bytes: each event's
 * canonical JSON is parsed once, into typed columns. Its SHA-256 was compared when the ledger read it.
 */
export const insertEvents = async (
  connection: DuckDBConnection,
  batch: EventBatch,
  signals: ReadonlyArray<SignalColumn>,
): Promise<void> => {
  const accounts = await connection.createAppender('batch_accounts', null, 'temp')
  let nth = 0
  for (const account of batch.accounts) {
    accounts.appendInteger(nth++)
    accounts.appendVarchar(account)
    accounts.endRow()
  }
  accounts.closeSync()
  await connection.run(`INSERT INTO account_ids
    SELECT (SELECT coalesce(max(account_no), 0) FROM account_ids) + row_number() OVER (ORDER BY nth), account
    FROM batch_accounts b WHERE NOT EXISTS (FROM account_ids k WHERE k.account = b.account)`)
  await connection.run(
    'INSERT INTO batch_numbers SELECT account_no, account FROM account_ids SEMI JOIN batch_accounts USING (account)',
  )
  for (const table of ['actions', 'evidence'] as const) {
    if (batch.pages[table].length === 0) continue
    const pages = await connection.createAppender(`${table}_pages`, null, 'temp')
    for (const { sequences, canonical } of batch.pages[table]) {
      pages.appendVarchar(sequences.join(','))
      // In canonical JSON a line feed is always escaped.
      pages.appendVarchar(canonical.join('\n'))
      pages.endRow()
    }
    pages.closeSync()
    await connection.run(insertInto[table](signals))
    await connection.run(`DELETE FROM ${table}_pages`)
  }
  await connection.run('DELETE FROM batch_accounts')
  await connection.run('DELETE FROM batch_numbers')
}

/** The statement that reads the pages of a table into it. */
const insertFrom = (table: EventTable, columns: ReadonlyArray<DataColumn>) => {
  const parsed = quoted(JSON.stringify(structureOf(columns)))
  const own = table === 'actions' ? ['e.type', ...envelope] : envelope
  const lifted =
    table === 'actions'
      ? ["CASE WHEN e.type = 'decision.changed.v1' THEN json_type(canonical, '/data/until') = 'NULL' END"]
      : []
  return (signals: ReadonlyArray<SignalColumn>): string => `INSERT INTO ${table}
    SELECT ${[
      ...own,
      ...columns.map(columnValue),
      ...lifted,
      'e.data.signals',
      ...signals.map((signal, i) => signalValue(signal, `recorded[${i + 1}]`)),
    ].join(', ')}
    FROM (
      SELECT *, json_extract(e.data.signals, [${signals.map(({ signal }) => pathTo(signal)).join(', ')}]::VARCHAR[]) AS recorded
      FROM (
        SELECT sequence, canonical, json_transform(canonical, ${parsed}) AS e
        FROM (
          SELECT unnest(string_split(sequences, ','))::BIGINT AS sequence, unnest(string_split(events, chr(10))) AS canonical
          FROM ${table}_pages
        )
      )
    ) LEFT JOIN batch_numbers ON account = e.subject`
}

/**
 * The instant of an RFC 3339 time, as `parseInstant` has it: digits finer than a millisecond are cut. (`left`: DuckDB
 * would carry a cast of the whole field into `json_transform`, before the condition.)
 */
const instantSql = (time: string): string => `CASE
  WHEN ${time} IS NULL THEN NULL
  WHEN length(${time}) = 24 AND ${time}[24] = 'Z' AND ${time}[11] = 'T' THEN left(${time}, 23)::TIMESTAMP_MS
  ELSE epoch_ms(epoch_ms(upper(regexp_replace(${time}, '(\\.\\d{3})\\d+', '\\1'))::TIMESTAMPTZ))::TIMESTAMP_MS END`

const envelope: ReadonlyArray<string> = [
  'sequence',
  // A ruleset may be called as an account is.
  "CASE WHEN e.type <> 'ruleset.published.v1' THEN account_no END",
  instantSql('e.time'),
  instantSql('e.recordedat'),
  'e.source',
  'e.id',
]

const insertInto = {
  actions: insertFrom('actions', actionColumns),
  evidence: insertFrom('evidence', evidenceColumns),
} as const

function columnValue({ path, kind }: DataColumn): string {
  const field = `e.data.${path.split('.').map(named).join('.')}`
  return kind === 'instant' ? instantSql(field) : field
}

type Structure = { [field: string]: string | ReadonlyArray<string> | Structure }

/** What `json_transform` is to read of an event: the envelope, and what stands in columns. */
function structureOf(columns: ReadonlyArray<DataColumn>): Structure {
  const data: Structure = { signals: 'JSON' }
  for (const { path, kind } of columns) {
    const steps = path.split('.')
    const last = steps.pop() ?? path
    let at = data
    for (const step of steps) {
      const inner = at[step]
      const next: Structure = typeof inner === 'object' && !Array.isArray(inner) ? (inner as Structure) : {}
      at[step] = next
      at = next
    }
    at[last] = kind === 'texts' ? ['VARCHAR'] : kind === 'boolean' ? 'BOOLEAN' : 'VARCHAR'
  }
  const text = ['id', 'source', 'subject', 'time', 'type', 'recordedat']
  return { ...Object.fromEntries(text.map((name) => [name, 'VARCHAR'])), data }
}
