import type { DuckDBConnection } from '@duckdb/node-api'
import type { DataColumn } from '../../domain/definition/columns.ts'
import { eventTypes } from '../../domain/event.ts'
import { sqlEnum, sqlName, sqlText } from '../../foundation/sql.ts'
import { describe } from '../comments.ts'
import { definitionHash, type MadeAs } from '../definition.ts'
import { actionColumns, evidenceColumns, sqlType } from './columns.ts'
import { type DeclaredSignal, found, foundValues, recordedSignal, type SignalColumn } from './signals.ts'

/** The history's name among the projections. */
export const HISTORY = 'events'

/** The type of the column `type`. */
const EVENT_TYPE = sqlEnum(eventTypes)

/** A column that is not a field of `data`. */
type OwnColumn = { readonly name: string; readonly type: string; readonly about: string }

const own = (name: string, type: string, about: string): OwnColumn => ({ name, type, about })

const typeColumn = own('type', EVENT_TYPE, 'what happened')

const envelope: ReadonlyArray<OwnColumn> = [
  own('sequence', 'BIGINT', 'the number of events in the ledger up to and including this one'),
  own('account', 'VARCHAR', 'the account; null: it is not about an account'),
  own('account_no', 'INTEGER', 'the number of the account in account_ids, faster to join and to group by'),
  own('occurred_at', 'TIMESTAMP', 'when it happened (UTC, ms)'),
  own(
    'occurred_ns',
    'INTEGER',
    'nanoseconds after the millisecond of occurred_at, 0 to 999999; finer digits are cut',
  ),
  own('recorded_at', 'TIMESTAMP', 'when the ledger recorded it (UTC, ms)'),
  own('backfill', 'BOOLEAN', 'true: it was taken in with others of the past (ingest --backfill)'),
  own('source', 'VARCHAR', 'the service that published it'),
  own('id', 'VARCHAR', 'its id, unique within its source'),
]

const signalsColumn = own('signals', 'JSON', 'the signals recorded with it')

const ownColumns = (columns: ReadonlyArray<DataColumn>): ReadonlyArray<OwnColumn> =>
  columns.map(({ name, kind, about }) => own(name, sqlType(kind), about))

type Table = {
  readonly name: string
  readonly about: string
  readonly columns: ReadonlyArray<OwnColumn>
}

const actions: Table = {
  name: 'actions',
  about: 'All events except evidence',
  columns: [
    typeColumn,
    ...envelope,
    ...ownColumns(actionColumns),
    own('until_lifted', 'BOOLEAN', 'true: the decision no longer has an end'),
    signalsColumn,
    own('event', 'JSON', 'the whole event as stored; null for evidence'),
  ],
}

const evidence: Table = {
  name: 'evidence',
  about: 'All evidence (content.evaluated): what was evaluated although no rule fired',
  columns: [typeColumn, ...envelope, ...ownColumns(evidenceColumns), signalsColumn],
}

/** The tables of the history, preceded by those that describe them. */
const tables: ReadonlyArray<Table> = [
  {
    name: 'account_ids',
    about: 'The number of each account in events, in the order in which the ledger first saw them',
    columns: [own('account_no', 'INTEGER', 'its number'), own('account', 'VARCHAR', 'the account')],
  },
  {
    name: 'signal_columns',
    about:
      'Which column of events contains a signal that a ruleset declares; values of another type are null',
    columns: [
      own('signal', 'VARCHAR', 'the signal'),
      own('type', 'VARCHAR', 'the type that a ruleset declares for it'),
      own('column_name', 'VARCHAR', 'the column of events'),
    ],
  },
  actions,
  evidence,
]

const meanings = ({ columns }: Table): Readonly<Record<string, string>> =>
  Object.fromEntries(columns.map(({ name, about }) => [name, about]))

/** Makes the history's tables and the view over both, `events`. */
export const createEventTables = async (connection: DuckDBConnection): Promise<void> => {
  for (const table of tables) {
    const columns = table.columns.map(({ name, type }) => `${sqlName(name)} ${type}`)
    await connection.run(`CREATE TABLE ${table.name} (${columns.join(', ')})`)
    await describe(connection, 'TABLE', table.name, table.about, meanings(table))
  }
  await createEventsView(connection)
}

const EVENTS_VIEW = `CREATE OR REPLACE VIEW events AS
    SELECT * FROM actions UNION ALL BY NAME SELECT * FROM evidence`

/**
 * How this Redress makes the history. Raise the version with any change of the contents of its tables, of `cursor` or of
 * `projections`, but not for columns that come with a new type of event or field: they change the definition.
 */
export const history: MadeAs = {
  name: HISTORY,
  version: 8,
  definition: definitionHash(
    tables.map(({ name, columns }) => [name, columns.map((column) => [column.name, column.type])]),
    EVENTS_VIEW,
  ),
}

/**
 * Makes the view over both tables, and makes it again after they got new columns, which it would not show otherwise. Its
 * columns are described again each time, because the descriptions are dropped with the old view. Signals are described in
 * `signal_columns` instead: DuckDB copies all of a view's descriptions for each one added, 24 s for 4,000 signals.
 */
const createEventsView = async (connection: DuckDBConnection): Promise<void> => {
  await connection.run(EVENTS_VIEW)
  await describe(connection, 'VIEW', 'events', 'All events', { ...meanings(evidence), ...meanings(actions) })
}

const typesOfSignals: Readonly<Record<string, string>> = {
  int: 'BIGINT',
  double: 'DOUBLE',
  bool: 'BOOLEAN',
  string: 'VARCHAR',
}

/** With more new columns than this, copying a table is faster than altering it for each. */
const FEW = 8

/**
 * Adds the columns of newly declared signals to both tables, and fills them for the events already there. Must not be
 * called in a transaction: DuckDB does not write to a table that was altered in the same one.
 */
export const addSignalColumns = async (
  connection: DuckDBConnection,
  known: ReadonlyArray<SignalColumn>,
  declared: ReadonlyArray<DeclaredSignal>,
): Promise<ReadonlyArray<SignalColumn>> => {
  if (declared.length === 0) return []
  const added = columnsFor(known, declared)
  const add = added.length > FEW ? copyWith : alterWith
  for (const table of [actions, evidence]) await add(connection, table, added)
  const rows = added.map(({ signal, type, column }) => `(${[signal, type, column].map(sqlText).join(', ')})`)
  await connection.run(`INSERT INTO signal_columns VALUES ${rows.join(', ')}`)
  await createEventsView(connection)
  return added
}

/** Named signal_NAME_TYPE, with a number appended if the name is taken: SQL's names are case-insensitive. */
const columnsFor = (
  known: ReadonlyArray<SignalColumn>,
  declared: ReadonlyArray<DeclaredSignal>,
): ReadonlyArray<SignalColumn> => {
  const named = new Map<string, number>()
  const numberOf = ({ signal, type }: DeclaredSignal): number => {
    const folded = `${signal.toLowerCase()} ${type}`
    const number = (named.get(folded) ?? 0) + 1
    named.set(folded, number)
    return number
  }
  known.forEach(numberOf)
  return declared.map(({ signal, type }) => {
    const number = numberOf({ signal, type })
    return { signal, type, column: `signal_${signal}_${type}${number === 1 ? '' : `_${number}`}` }
  })
}

type AddColumns = (
  connection: DuckDBConnection,
  table: Table,
  added: ReadonlyArray<SignalColumn>,
) => Promise<void>

/** Adds columns to a table as it is: DuckDB copies its description for each. */
const alterWith: AddColumns = async (connection, { name }, added) => {
  for (const { column, type } of added) {
    await connection.run(`ALTER TABLE ${name} ADD COLUMN ${sqlName(column)} ${typesOfSignals[type]}`)
  }
  await connection.run(`UPDATE ${name} SET ${added.map(recorded).join(', ')} WHERE signals IS NOT NULL`)
}

const recorded = (signal: SignalColumn): string => `${sqlName(signal.column)} = ${recordedSignal(signal)}`

/** Replaces a table with a copy that has more columns. */
const copyWith: AddColumns = async (connection, table, added) => {
  const { name, about } = table
  await connection.run(`CREATE OR REPLACE TABLE ${name} AS
    SELECT ${['* EXCLUDE (found)', ...foundValues(added)].join(', ')}
    FROM (SELECT *, ${found('signals', added)} AS found FROM ${name})`)
  await describe(connection, 'TABLE', name, about, meanings(table))
}
