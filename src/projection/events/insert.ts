import { type DuckDBConnection, listValue } from '@duckdb/node-api'
import type { DataColumn } from '../../domain/definition/columns.ts'
import type { StoredEvent } from '../../domain/event.ts'
import { accountNamed } from '../../domain/stream.ts'
import { sqlName, sqlText } from '../../foundation/sql.ts'
import type { SequencedEvent } from '../../ledger/port.ts'
import type { DecodedEvent } from '../../ledger/read.ts'
import type { Workspace } from '../duckdb.ts'
import { actionColumns, type EventTable, evidenceColumns, tableOfType } from './columns.ts'
import { found, foundValues, type SignalColumn } from './signals.ts'

/** Events on their way into the history's tables, as DuckDB reads them: many in one text. */
export type EventBatch = {
  readonly add: (events: ReadonlyArray<DecodedEvent<SequencedEvent>>) => void
  readonly size: () => number
  readonly isFull: () => boolean
  readonly last: () => DecodedEvent<SequencedEvent> | null
  readonly publications: ReadonlyArray<StoredEvent<'ruleset.published.v1'>>
  readonly pages: Readonly<Record<EventTable, ReadonlyArray<EventPage>>>
  /** Each account once, in the order in which the ledger first saw it. */
  readonly accounts: ReadonlySet<string>
}

/** The sequences of events, their accounts, and their canonical texts, one per line. */
type EventPage = {
  readonly sequences: string
  /** null: the event is not about an account. */
  readonly accounts: ReadonlyArray<string | null>
  /** Canonical JSON always escapes line feeds. */
  readonly lines: string
}

/**
 * The characters of a full batch's texts; a last page may exceed it. They are in memory three times: gathered,
 * inserted and about to be freed.
 */
const FULL = 8_000_000

export const eventBatch = (): EventBatch => {
  const pages: Record<EventTable, EventPage[]> = { actions: [], evidence: [] }
  const known = new Set<string>()
  const publications: StoredEvent<'ruleset.published.v1'>[] = []
  let size = 0
  let characters = 0
  let last: DecodedEvent<SequencedEvent> | null = null
  return {
    // Joined at once: the garbage collector would keep moving a batch of small strings.
    add: (events) => {
      const sequences = { actions: [] as number[], evidence: [] as number[] }
      const accounts = { actions: [] as (string | null)[], evidence: [] as (string | null)[] }
      const texts = { actions: [] as string[], evidence: [] as string[] }
      for (const { recorded, event } of events) {
        const { sequence, canonical } = recorded
        const table = tableOfType(event.type)
        const account = accountNamed(event)
        if (event.type === 'ruleset.published.v1') publications.push(event)
        if (account !== null) known.add(account)
        sequences[table].push(sequence)
        accounts[table].push(account)
        texts[table].push(canonical)
        characters += canonical.length
      }
      for (const table of ['actions', 'evidence'] as const) {
        if (texts[table].length === 0) continue
        pages[table].push({
          sequences: sequences[table].join(','),
          accounts: accounts[table],
          lines: texts[table].join('\n'),
        })
      }
      size += events.length
      last = events.at(-1) ?? last
    },
    size: () => size,
    isFull: () => characters >= FULL,
    last: () => last,
    publications,
    pages,
    accounts: known,
  }
}

/**
 * Inserts a batch into the history, inside the caller's transactions. Evidence takes longer than the rest: its insertion
 * starts once the batch `before` is in, and continues in the background.
 */
export const insertEvents = async (
  {
    write,
    evidence: evidenceConnection,
    inBackground,
  }: Pick<Workspace, 'write' | 'evidence' | 'inBackground'>,
  batch: EventBatch,
  signals: ReadonlyArray<SignalColumn>,
  numbers: AccountNumbers,
  before: Promise<void>,
): Promise<{ readonly evidence: Promise<void> }> => {
  await numberAccounts(write, batch.accounts, numbers)
  await before
  const evidence = insertPages(evidenceConnection, 'evidence', batch, signals, numbers)
  inBackground(evidence)
  await insertPages(write, 'actions', batch, signals, numbers)
  return { evidence }
}

/**
 * Inserts a batch's events of one table into that table, or into another with the same columns. DuckDB itself reads the
 * stored bytes: each event's canonical JSON is parsed once, into typed columns; its contents were checked when it was
 * decoded. The batch's accounts must have numbers.
 */
export const insertPages = async (
  connection: DuckDBConnection,
  table: EventTable,
  batch: EventBatch,
  signals: ReadonlyArray<SignalColumn>,
  numbers: AccountNumbers,
  into: string = table,
): Promise<void> => {
  const pages = batch.pages[table]
  if (pages.length === 0) return
  const numbersOf = ({ accounts }: EventPage): string =>
    accounts.map((account) => (account === null ? '' : numbers.get(account))).join(',')
  await connection.run(`INSERT INTO ${into} ${rowsFromPages[table](signals)}`, [
    listValue(pages.map(({ sequences }) => sequences)),
    listValue(pages.map(numbersOf)),
    listValue(pages.map(({ lines }) => lines)),
  ])
}

/** The numbers of recently seen accounts; at most about this many are remembered, some 50 MB. */
export type AccountNumbers = Map<string, number>
const REMEMBERED = 500_000

const ACCOUNTS = 'account_ids'

/**
 * Numbers new accounts, and remembers the numbers of all accounts of a batch. New ones are inserted `into` a table; `known`
 * has all that are numbered.
 */
export const numberAccounts = async (
  connection: DuckDBConnection,
  accounts: ReadonlySet<string>,
  numbers: AccountNumbers,
  { known, into } = { known: ACCOUNTS, into: ACCOUNTS },
): Promise<void> => {
  if (numbers.size > REMEMBERED) numbers.clear()
  const unknown = [...accounts].filter((account) => !numbers.has(account))
  if (unknown.length === 0) return
  const names = [unknown.join('\n')]
  await connection.run(
    `INSERT INTO ${into}
      SELECT (SELECT coalesce(max(account_no), 0) FROM ${known}) + row_number() OVER (ORDER BY nth), account
      FROM (SELECT unnest(names) AS account, generate_subscripts(names, 1) AS nth
        FROM (SELECT string_split($1, chr(10)) AS names)) b
      WHERE NOT EXISTS (FROM ${known} k WHERE k.account = b.account)`,
    names,
  )
  // Looked up here rather than joined later, when DuckDB would hash all of the events.
  const [found = [], of = []] = await (
    await connection.run(
      `SELECT account, account_no FROM ${known}
        SEMI JOIN (SELECT unnest(string_split($1, chr(10))) AS account) USING (account)`,
      names,
    )
  ).getColumns()
  found.forEach((account, i) => {
    numbers.set(String(account), Number(of[i]))
  })
}

/** The query for the rows of a table from pages of events. */
const rowsFrom = (table: EventTable, columns: ReadonlyArray<DataColumn>) => {
  const parsed = sqlText(JSON.stringify(structureOf(columns)))
  const lifted =
    table === 'actions'
      ? ["CASE WHEN e.type = 'decision.changed.v1' THEN json_type(canonical, '/data/until') = 'NULL' END"]
      : []
  return (signals: ReadonlyArray<SignalColumn>): string => `SELECT ${[
    ...envelope,
    ...columns.map(columnValue),
    ...lifted,
    'e.data.signals',
    ...(table === 'actions' ? ['canonical'] : []),
    ...foundValues(signals),
  ].join(', ')}
    FROM (
      SELECT *, ${found('e.data.signals', signals)} AS found
      FROM (
        SELECT sequence, account_no, canonical, json_transform(canonical, ${parsed}) AS e
        FROM (
          SELECT unnest(string_split(sequences, ','))::BIGINT AS sequence,
            nullif(unnest(string_split(numbers, ',')), '')::INTEGER AS account_no,
            unnest(string_split(lines, chr(10))) AS canonical
          FROM (SELECT unnest($1::VARCHAR[]) AS sequences, unnest($2::VARCHAR[]) AS numbers, unnest($3::VARCHAR[]) AS lines)
        )
      )
    )`
}

/**
 * The instant of an RFC 3339 time, as `parseInstant` reads it: digits beyond milliseconds are cut off. The short form
 * that nearly all times have is cast as it is, in a quarter of the time. (`|| ''`: DuckDB would push a cast of the field
 * itself into `json_transform`, ahead of the condition.)
 */
const instantSql = (time: string): string => `CASE
  WHEN ${time} IS NULL THEN NULL
  WHEN strlen(${time}) <= 24 AND ${time} LIKE '%T%Z' THEN (${time} || '')::TIMESTAMP
  ELSE epoch_ms(epoch_ms(upper(regexp_replace(${time}, '(\\.\\d{3})\\d+', '\\1'))::TIMESTAMPTZ)) END`

/** The nanoseconds of an RFC 3339 time after its millisecond, as `nanosWithinMs` reads them. */
const nanosSql = (time: string): string => `CASE
  WHEN strlen(${time}) <= 24 THEN 0
  ELSE rpad(regexp_extract(${time}, '\\.\\d{3}(\\d{1,6})', 1), 6, '0')::INTEGER END`

const envelope: ReadonlyArray<string> = [
  'e.type',
  'sequence',
  'CASE WHEN account_no IS NOT NULL THEN e.subject END',
  'account_no',
  instantSql('e.time'),
  nanosSql('e.time'),
  instantSql('e.recordedat'),
  'e.backfill',
  'e.source',
  'e.id',
]

const rowsFromPages = {
  actions: rowsFrom('actions', actionColumns),
  evidence: rowsFrom('evidence', evidenceColumns),
} as const

function columnValue({ path, kind }: DataColumn): string {
  const field = `e.data.${path.split('.').map(sqlName).join('.')}`
  return kind === 'instant' ? instantSql(field) : field
}

function parsedAs(kind: DataColumn['kind']): Structure[string] {
  switch (kind) {
    case 'texts':
      return ['VARCHAR']
    case 'boolean':
      return 'BOOLEAN'
    case 'number':
      return 'DOUBLE'
    default: // an instant is converted from its text, and a word to its enumeration
      return 'VARCHAR'
  }
}

type Structure = { [field: string]: string | ReadonlyArray<string> | Structure }

/** What `json_transform` reads from an event: the envelope, and the fields that have columns. */
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
    at[last] = parsedAs(kind)
  }
  const text = ['id', 'source', 'subject', 'time', 'type', 'recordedat']
  return { ...Object.fromEntries(text.map((name) => [name, 'VARCHAR'])), backfill: 'BOOLEAN', data }
}
