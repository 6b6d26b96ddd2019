import type { DuckDBConnection } from '@duckdb/node-api'
import { eventTypes } from '../../domain/event.ts'
import { actionColumns, type DataColumn, enumOf, evidenceColumns, named, quoted, sqlType } from './columns.ts'

/** To be raised with any change of what stands in these tables: they are then made anew. */
export const EVENTS_VERSION = 3

/** The name under which the history stands among the projections. */
export const HISTORY = 'events'

/** The tables of the history. */
export type EventTable = 'actions' | 'evidence'

const about = {
  sequence: 'the number of events in the ledger up to and including this one',
  account: 'the account; null: a ruleset was published',
  account_no: 'the account by its number in account_ids, which takes less time to join and to group by',
  occurred_at: 'when it happened (UTC, ms)',
  recorded_at: 'when the ledger took it in (UTC, ms)',
  source: 'the service that published it',
  id: 'its id, unique in its source',
} as const

/** The type of the column `type`. */
const EVENT_TYPE = enumOf(eventTypes)

const envelope: ReadonlyArray<string> = [
  'sequence BIGINT',
  'account VARCHAR',
  'account_no INTEGER',
  'occurred_at TIMESTAMP',
  'recorded_at TIMESTAMP',
  'source VARCHAR',
  'id VARCHAR',
]

const columnsOf = (columns: ReadonlyArray<DataColumn>): ReadonlyArray<string> =>
  columns.map(({ name, kind }) => `${named(name)} ${sqlType(kind)}`)

/** Makes the history's tables and the view over both, `events`. */
export const createEventTables = async (connection: DuckDBConnection): Promise<void> => {
  const statements = [
    'CREATE TABLE account_ids (account_no INTEGER, account VARCHAR)',
    'CREATE TABLE signal_columns (signal VARCHAR, type VARCHAR, column_name VARCHAR)',
    `CREATE TABLE actions (${[`type ${EVENT_TYPE}`, ...envelope, ...columnsOf(actionColumns), 'until_lifted BOOLEAN', 'signals JSON', 'event JSON'].join(', ')})`,
    `CREATE TABLE evidence (${[...envelope, ...columnsOf(evidenceColumns), 'signals JSON'].join(', ')})`,
    "COMMENT ON TABLE account_ids IS 'Accounts by the numbers that events have, in the order in which the ledger met them'",
    "COMMENT ON TABLE signal_columns IS 'Which column of events holds a signal that a ruleset declares; values of another type are null'",
    "COMMENT ON TABLE actions IS 'All events but content.evaluated'",
    "COMMENT ON COLUMN actions.event IS 'the whole event, as it was stored'",
    "COMMENT ON COLUMN actions.until_lifted IS 'true: the decision has no end any more'",
    "COMMENT ON TABLE evidence IS 'All content.evaluated: what was looked at although nothing fired'",
    ...(['actions', 'evidence'] as const).flatMap((table) =>
      Object.entries(about).map(([name, text]) => `COMMENT ON COLUMN ${table}.${name} IS ${quoted(text)}`),
    ),
  ]
  for (const statement of statements) await connection.run(statement)
  await createEventsView(connection)
}

/** The view is made anew whenever the tables get a column. */
const createEventsView = async (connection: DuckDBConnection): Promise<void> => {
  await connection.run(`CREATE OR REPLACE VIEW events AS
    SELECT * FROM actions UNION ALL BY NAME SELECT 'content.evaluated.v1'::${EVENT_TYPE} AS type, * FROM evidence`)
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
 * Adds the column of a declared signal to both tables and fills it from what is there. The column is named
 * signal_NAME_TYPE, with a number after it where names that differ in case alone would clash: SQL's names do.
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
  await createEventsView(connection)
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
