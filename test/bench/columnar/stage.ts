import type { DuckDBConnection } from '@duckdb/node-api'
import type { EventType } from '../../../src/domain/event.ts'
import { sqlName, sqlText } from '../../../src/foundation/sql.ts'
import { rowsOf } from '../../../src/projection/duckdb.ts'
import type { SignalColumn } from '../../../src/projection/events/signals.ts'
import { accountSql, type Draws, drawsOf } from './ids.ts'
import { period } from './rulesets.ts'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** A history being generated. */
export type Generation = {
  readonly connection: DuckDBConnection
  readonly draws: Draws
  readonly events: number
  readonly accounts: number
  /** The column of each signal. */
  readonly signals: ReadonlyArray<SignalColumn>
  /** All events but evaluations, by type. */
  readonly stagings: Staging[]
}

/** How many accounts the ledger has seen when a share of the period is over: a third of them in its first weeks. */
export const seenSql = (accounts: number, share: string): string =>
  `(${accounts} * CASE WHEN ${share} < 0.08 THEN ${share} / 0.24 ELSE (1 + (${share} - 0.08) * 2 / 0.92) / 3 END)::BIGINT`

/** The instant (ms) when a share of the period is over. */
export const instantSql = (share: string): string =>
  `(${period.from} + ${share} * ${period.to - period.from})::BIGINT`

/** A duration in ms, of some from `least` up to `most`; `index` and `salt` as for the draws. */
export const lasting = ({ below }: Draws, index: string, salt: number, least: number, most: number): string =>
  `(${least} + ${below(index, salt, most - least)})`

export const openGeneration = (
  connection: DuckDBConnection,
  signals: ReadonlyArray<SignalColumn>,
  { events, seed }: { readonly events: number; readonly seed: number },
): Generation => ({
  connection,
  draws: drawsOf(seed),
  events,
  accounts: Math.max(20, Math.round(events / 10)),
  signals,
  stagings: [],
})

/** Nanoseconds after the millisecond, for the few services whose clocks have them. */
export const nanosSql = ({ chance, below }: Draws, index: string): string =>
  `CASE WHEN ${chance(index, 126, 50)} THEN ${below(index, 127, 1_000)} * 1000 ELSE 0 END`

/** Where the events of one type come from. */
type Staging = {
  readonly type: EventType
  readonly source: string
  /** Rows with `x` (a number unique within the type), `moment` (ms), `account_no`, and what the columns need. */
  readonly from: string
  readonly columns: Readonly<Record<string, string>>
}

/** Adds events of one type to those that `stageSlice` makes. */
export const plan = ({ draws, stagings }: Generation, staging: Staging): void => {
  const { type, source } = staging
  const columns = {
    type: sqlText(type),
    account: accountSql('account_no'),
    account_no: 'account_no',
    occurred_at: 'epoch_ms(moment)',
    occurred_ns: nanosSql(draws, 'x'),
    // A constant latency keeps the order in which the ledger records.
    recorded_at: 'epoch_ms(moment + 250)',
    source,
    id: `${sqlText(`${type.split('.').slice(0, 2).join('-')}-`)} || x`,
    ...staging.columns,
  }
  stagings.push({ ...staging, columns })
}

/** Instants (ms): [from, to). */
type Slice = { readonly from: number; readonly to: number }

const isIn = ({ from, to }: Slice): string => `moment >= ${from} AND moment < ${to}`

/** How many of the planned events happen before the period is over. */
export const countPlanned = async ({ connection, stagings }: Generation): Promise<number> => {
  const counts = stagings.map(({ from }) => `(SELECT count(*) FROM (${from}) WHERE ${isIn(period)})`)
  const [row] = await rowsOf(connection, `SELECT (${counts.join(' + ')})::DOUBLE`)
  return Number(row?.[0])
}

/** Makes the table `staged` of the planned events of a slice of the period, in the order of their times. */
export const stageSlice = async ({ connection, stagings }: Generation, slice: Slice): Promise<void> => {
  const names = [...new Set(stagings.flatMap(({ columns }) => Object.keys(columns)))].map(sqlName)
  // What is staged has the columns of the history that have values: its words are checked by their types.
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE unordered AS SELECT ${names.join(', ')} FROM actions LIMIT 0`,
  )
  for (const { from, columns } of stagings) {
    const selected = Object.entries(columns).map(([name, value]) => `${value} AS ${sqlName(name)}`)
    await connection.run(
      `INSERT INTO unordered BY NAME SELECT ${selected.join(', ')} FROM (${from}) WHERE ${isIn(slice)}`,
    )
  }
  await connection.run(
    'CREATE OR REPLACE TEMP TABLE staged AS FROM unordered ORDER BY occurred_at, source, id',
  )
}

/** The columns of signals, given the value of each by name. */
export const signalColumns = (
  { signals }: Generation,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    signals.flatMap(({ signal, column }) => (values[signal] === undefined ? [] : [[column, values[signal]]])),
  )

/** Signals as JSON, by name; those that are null are left out. */
export const signalsJson = (values: Readonly<Record<string, string>>): string => {
  const members = Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `'"${name}":' || ${value}`)
  return `'{' || concat_ws(',', ${members.join(', ')}) || '}'`
}
