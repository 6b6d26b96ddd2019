import type { DuckDBConnection } from '@duckdb/node-api'
import { eventTypes } from '../../domain/event.ts'
import { describe } from '../comments.ts'
import { actionColumns, type DataColumn, enumOf, evidenceColumns, named, quoted, sqlType } from './columns.ts'

/** To be raised with any change of what stands in these tables: they are then made anew. */
export const EVENTS_VERSION = 4

/** The name under which the history stands among the projections. */
export const HISTORY = 'events'

/** The tables of the history. */
export type EventTable = 'actions' | 'evidence'

/** The type of the column `type`. */
const EVENT_TYPE = enumOf(eventTypes)

/** A column that is no field of `data`. */
type OwnColumn = { readonly name: string; readonly type: string; readonly about: string }

const own = (name: string, type: string, about: string): OwnColumn => ({ name, type, about })

const typeColumn = own('type', EVENT_TYPE, 'what happened')

const envelope: ReadonlyArray<OwnColumn> = [
  own('sequence', 'BIGINT', 'the number of events in the ledger up to and including this one'),
  own('account', 'VARCHAR', 'the account; null: a ruleset was published'),
  own('account_no', 'INTEGER', 'the account by its number in account_ids, faster to join and to group by'),
  own('occurred_at', 'TIMESTAMP', 'when it happened (UTC, ms)'),
  own('recorded_at', 'TIMESTAMP', 'when the ledger took it in (UTC, ms)'),
  own('source', 'VARCHAR', 'the service that published it'),
  own('id', 'VARCHAR', 'its id, unique in its source'),
]

const signalsColumn = own('signals', 'JSON', 'the signals that were recorded with it')

const ownColumns = (columns: ReadonlyArray<DataColumn>): ReadonlyArray<OwnColumn> =>
  columns.map(({ name, kind, about }) => own(name, sqlType(kind), about))

type Table = {
  readonly name: string
  readonly about: string
  readonly columns: ReadonlyArray<OwnColumn>
}

const actions: Table = {
  name: 'actions',
  about: 'All events but content.evaluated',
  columns: [
    typeColumn,
    ...envelope,
    ...ownColumns(actionColumns),
    own('until_lifted', 'BOOLEAN', 'true: the decision has no end any more'),
    signalsColumn,
    own('event', 'JSON', 'the whole event, as it was stored; null for content.evaluated'),
  ],
}

const evidence: Table = {
  name: 'evidence',
  about: 'All content.evaluated: what was looked at although nothing fired',
  columns: [...envelope, ...ownColumns(evidenceColumns), signalsColumn],
}

/** The tables of the history, after those that say what is in them. */
const tables: ReadonlyArray<Table> = [
  {
    name: 'account_ids',
    about: 'Accounts by the numbers that events have, in the order in which the ledger met them',
    columns: [own('account_no', 'INTEGER', 'its number'), own('account', 'VARCHAR', 'the account')],
  },
  {
    name: 'signal_columns',
    about: 'Which column of events holds a signal that a ruleset declares; values of another type are null',
    columns: [
      own('signal', 'VARCHAR', 'the signal'),
      own('type', 'VARCHAR', 'the type that a ruleset declares it with'),
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
    const columns = table.columns.map(({ name, type }) => `${named(name)} ${type}`)
    await connection.run(`CREATE TABLE ${table.name} (${columns.join(', ')})`)
    await describe(connection, 'TABLE', table.name, table.about, meanings(table))
  }
  await createEventsView(connection, [])
}

/**
 * Makes the view over both tables, again after they got columns: it would not show those by itself. Each time its columns
 * are described again, for their descriptions go with the old view.
 */
export const createEventsView = async (
  connection: DuckDBConnection,
  signals: ReadonlyArray<SignalColumn>,
): Promise<void> => {
  await connection.run(`CREATE OR REPLACE VIEW events AS
    SELECT * FROM actions UNION ALL BY NAME SELECT 'content.evaluated.v1'::${EVENT_TYPE} AS type, * FROM evidence`)
  await describe(connection, 'VIEW', 'events', 'All events', {
    ...meanings(actions),
    ...Object.fromEntries(
      signals.map(({ signal, type, column }) => [
        column,
        `the signal ${signal} where it was recorded as ${type}`,
      ]),
    ),
  })
}

/** A signal that a ruleset declares, with its type; one name may be declared with several types. */
export type SignalColumn = { readonly signal: string; readonly type: string; readonly column: string }

const signalSql: Readonly<Record<string, string>> = {
  int: 'BIGINT',
  double: 'DOUBLE',
  bool: 'BOOLEAN',
  string: 'VARCHAR',
}

/**
 * Adds the column of a declared signal to both tables and fills it from what is there; then the view is to be made
 * again. The column is named signal_NAME_TYPE, with a number after it where names that differ in case alone would
 * clash: SQL's names do.
 */
export const addSignalColumn = async (
  connection: DuckDBConnection,
  known: ReadonlyArray<SignalColumn>,
  signal: string,
  type: string,
): Promise<SignalColumn> => {
  const plain = `signal_${signal}_${type}`
  const clashes = known.filter(
    (other) => other.signal.toLowerCase() === signal.toLowerCase() && other.type === type,
  )
  const column = clashes.length === 0 ? plain : `${plain}_${clashes.length + 1}`
  const added = { signal, type, column }
  const path = pathTo(signal)
  for (const table of ['actions', 'evidence']) {
    await connection.run(`ALTER TABLE ${table} ADD COLUMN ${named(column)} ${signalSql[type]}`)
    await connection.run(`UPDATE ${table} SET ${named(column)} = ${signalValue(added, `json_type(signals, ${path})`, `json_extract_string(signals, ${path})`)}
      WHERE signals IS NOT NULL`)
  }
  await connection.run('INSERT INTO signal_columns VALUES ($1, $2, $3)', [signal, type, column])
  return added
}

/** A JSON pointer (RFC 6901), as a literal of SQL. The names of signals hold none of its special characters. */
export const pathTo = (signal: string): string => quoted(`/${signal}`)

/**
 * A recorded value as one of the declared type, given the kind of JSON that it is and its text: what does not fit is
 * missing, as for a replay (see src/rules/cel/evaluate.ts). `int` takes integers up to 2^53, however they were written.
 */
export const signalValue = ({ type }: SignalColumn, kind: string, text: string): string => {
  const isOf = (...kinds: ReadonlyArray<string>) => `${kind} IN (${kinds.map(quoted).join(', ')})`
  switch (type) {
    case 'double':
      return `CASE WHEN ${isOf('UBIGINT', 'BIGINT', 'DOUBLE')} THEN TRY_CAST(${text} AS DOUBLE) END`
    case 'int':
      return `CASE WHEN ${isOf('UBIGINT', 'BIGINT')} AND abs(TRY_CAST(${text} AS DOUBLE)) <= 9007199254740991
        THEN TRY_CAST(${text} AS BIGINT) END`
    case 'bool':
      return `CASE WHEN ${isOf('BOOLEAN')} THEN ${text} = 'true' END`
    default:
      return `CASE WHEN ${isOf('VARCHAR')} THEN ${text} END`
  }
}
