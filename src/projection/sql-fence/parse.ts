import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { rowsOf } from '../duckdb.ts'
import { isObject, nodeText, type Refusal } from './check.ts'
import { markedLine } from './place.ts'

/** The parse trees of the statements in a text, or why DuckDB cannot parse it. */
export type Parsed = E.Either<Refusal | 'not a SELECT', ReadonlyArray<unknown>>

/**
 * Parses SQL and does nothing else: the text is a parameter, because binding it, preparing it, or even splitting it with
 * `extractStatements` (which answers a PRAGMA) would run what is in it.
 */
export const parseSql = async (connection: DuckDBConnection, sql: string): Promise<Parsed> => {
  const [row] = await rowsOf(connection, 'SELECT json_serialize_sql($1::VARCHAR)', [sql])
  const answer: unknown = JSON.parse(String(row?.[0]))
  if (!isObject(answer)) return E.left('DuckDB cannot parse this SQL')
  if (answer.error === false && Array.isArray(answer.statements)) return E.right(answer.statements)
  if (answer.error_type === 'not implemented') return E.left('not a SELECT')
  return E.left(
    errorOf(sql, nodeText(answer.error_type), nodeText(answer.error_message), Number(answer.position)),
  )
}

/** DuckDB's own message, with a mark at the position if there is one. */
const errorOf = (sql: string, kind: string, message: string, position: number): Refusal => {
  const said = `${kind.charAt(0).toUpperCase()}${kind.slice(1)} Error: ${message}`
  if (!Number.isSafeInteger(position)) return said
  const before = [...sql].slice(0, position).join('').split('\n')
  const line = sql.split('\n')[before.length - 1] ?? ''
  return `${said}\n\n${markedLine(`LINE ${before.length}: `, line, (before.at(-1) ?? '').length)}`
}
