import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlName } from '../../foundation/sql.ts'
import type { Workspace } from '../duckdb.ts'
import { runWithRows } from '../rows/run.ts'
import type { EventBatch } from './batch.ts'
import type { EventTable } from './columns.ts'
import { recordedSignal, type SignalColumn } from './signals.ts'

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
  await numberAccounts(write, batch.accounts.keys(), numbers)
  await before
  const evidence = insertRows(evidenceConnection, 'evidence', batch, signals, numbers)
  inBackground(evidence)
  await insertRows(write, 'actions', batch, signals, numbers)
  return { evidence }
}

/**
 * Inserts a batch's events of one table into that table, or into another with the same columns. The batch's accounts must
 * have numbers.
 */
export const insertRows = async (
  connection: DuckDBConnection,
  table: EventTable,
  batch: EventBatch,
  signals: ReadonlyArray<SignalColumn>,
  numbers: AccountNumbers,
  into: string = table,
): Promise<void> => {
  const rows = batch.rowsOf(table, numbers)
  if (rows.buffers.length === 0) return
  const filled = new Set(rows.columns.map(({ name }) => name))
  // Declared only after the batch was begun.
  const since = signals.filter(({ column }) => !filled.has(column))
  const selected = [
    ...rows.columns.map(({ name, sql }) => `${sql} AS ${sqlName(name)}`),
    ...since.map((signal) => `${recordedSignal(signal)} AS ${sqlName(signal.column)}`),
  ]
  await runWithRows(
    connection,
    (from) => `INSERT INTO ${into} BY NAME SELECT ${selected.join(', ')} FROM ${from}`,
    rows,
  )
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
  accounts: Iterable<string>,
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
