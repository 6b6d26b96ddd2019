import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlName, sqlText } from '../../foundation/sql.ts'
import { rowsOf } from '../duckdb.ts'

/** A signal that a ruleset declares, with its type; one name may be declared with several types. */
export type DeclaredSignal = { readonly signal: string; readonly type: string }

/** A declared signal, and its column. */
export type SignalColumn = DeclaredSignal & { readonly column: string }

/** The columns of declared signals, in their order in both tables. */
export const readSignalColumns = async (
  connection: DuckDBConnection,
): Promise<ReadonlyArray<SignalColumn>> => {
  const rows = await rowsOf(connection, 'SELECT signal, type, column_name FROM signal_columns ORDER BY rowid')
  return rows.map(([signal, type, column]) => ({
    signal: String(signal),
    type: String(type),
    column: String(column),
  }))
}

/**
 * The JSON kind of each signal, then the text of each, in one list, so that DuckDB finds them all at once. With two lists
 * a signal would have the same index in both. DuckDB hashes an expression by the XOR of its parts, so the index would
 * cancel out in `foundValues`, and DuckDB would compare all of them with each other: 12 s for 1,000 signals.
 */
export const found = (json: string, signals: ReadonlyArray<DeclaredSignal>): string => {
  const paths = `[${signals.map(({ signal }) => pathTo(signal)).join(', ')}]::VARCHAR[]`
  return `json_type(${json}, ${paths}) || json_extract_string(${json}, ${paths})`
}

/** The value of each signal's column, taken from the list `found`, and the column's name. */
export const foundValues = (signals: ReadonlyArray<SignalColumn>): ReadonlyArray<string> =>
  signals.map((signal, i) => {
    const value = signalValue(signal, `found[${i + 1}]`, `found[${signals.length + i + 1}]`)
    return `${value} AS ${sqlName(signal.column)}`
  })

/** A JSON pointer (RFC 6901) as an SQL literal. Names of signals contain none of its special characters. */
const pathTo = (signal: string): string => sqlText(`/${signal}`)

/** The value of a signal as the declared type, taken from the column `signals`. */
export const recordedSignal = (signal: DeclaredSignal): string => {
  const path = pathTo(signal.signal)
  return signalValue(signal, `json_type(signals, ${path})`, `json_extract_string(signals, ${path})`)
}

/**
 * The value of a signal as any type, as an SQL expression over a table of the history: its column, or if no ruleset in the
 * ledger declares it with that type, the same value taken from the column `signals`.
 */
export const signalSql = (known: ReadonlyArray<SignalColumn>): ((signal: string, type: string) => string) => {
  const columns = new Map(known.map(({ signal, type, column }) => [`${type} ${signal}`, column]))
  return (signal, type) => {
    const column = columns.get(`${type} ${signal}`)
    return column === undefined ? recordedSignal({ signal, type }) : sqlName(column)
  }
}

/**
 * A recorded value as the declared type, given its JSON kind and its text. A value that does not fit is missing, as in a
 * replay (see src/rulesets/cel/evaluate.ts). `int` accepts integers up to 2^53, however they were written.
 */
const signalValue = ({ type }: DeclaredSignal, kind: string, text: string): string => {
  const isOf = (...kinds: ReadonlyArray<string>) => `${kind} IN (${kinds.map(sqlText).join(', ')})`
  switch (type) {
    case 'double':
      return `CASE WHEN ${isOf('UBIGINT', 'BIGINT', 'DOUBLE')} THEN TRY_CAST(${text} AS DOUBLE) END`
    case 'int':
      // Not IN two kinds: DuckDB makes two comparisons of that, and their hashes cancel out (see `found`).
      return `CASE WHEN ends_with(${kind}, 'BIGINT') AND abs(TRY_CAST(${text} AS DOUBLE)) <= 9007199254740991
        THEN TRY_CAST(${text} AS BIGINT) END`
    case 'bool':
      return `CASE WHEN ${isOf('BOOLEAN')} THEN ${text} = 'true' END`
    default:
      return `CASE WHEN ${isOf('VARCHAR')} THEN ${text} END`
  }
}
