import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import type { Refusal } from './check.ts'
import { describedBy } from './described.ts'
import { readOurs } from './ours.ts'
import { parseSql } from './parse.ts'
import { refuseStatement } from './walk.ts'

/** One statement that may be bound and run: its text, which is to be run as it stands here and in no other form. */
export type AdmittedQuery =
  | { readonly kind: 'query' | 'explain'; readonly sql: string }
  /** Asks for the columns of a table or view; null: of another query's result. */
  | { readonly kind: 'describe'; readonly sql: string; readonly table: string | null }

const READING = 'only reading is possible: SELECT, FROM, WITH, DESCRIBE, SHOW, SUMMARIZE, EXPLAIN'
const TO_FILE = `${READING}; to write a result to a file, give the query with --out FILE`
const ONE = 'give one statement at a time; a PIVOT names its values: PIVOT t ON column IN (...) USING ...'

/** Comments and semicolons only: DuckDB has no good error for that. */
const BLANK = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*$/

/** What writes files. */
const WRITING = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:COPY|EXPORT)\b/i

/** `EXPLAIN`, with what it may have behind it: `ANALYZE`, `(FORMAT json)`. What follows is a statement of its own. */
const EXPLAIN =
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*EXPLAIN\b((?:\s+ANALYZE\b)?(?:\s*\(\s*(?:ANALYZE|FORMAT\s+[a-z]+)(?:\s*,\s*(?:ANALYZE|FORMAT\s+[a-z]+))*\s*\))?)/i

/**
 * Lets through SQL that reads what is published and does nothing else, before DuckDB binds any of it: binding already
 * evaluates constants and opens files. It decides on DuckDB's own parse tree, by list.
 */
export const admitQuery = async (
  connection: DuckDBConnection,
  sql: string,
): Promise<E.Either<Refusal, AdmittedQuery>> => {
  if (BLANK.test(sql)) return E.left('there is no SQL to run')
  // DuckDB's parser ends at one, and nothing says that all of DuckDB does.
  if (sql.includes('\0')) return E.left('the SQL holds a NUL character')
  const parsed = await parseSql(connection, sql)
  if (E.isRight(parsed)) {
    const described = describedBy(parsed.right[0])
    const admitted =
      described === null ? { kind: 'query' as const } : { kind: 'describe' as const, ...described }
    return admitTree(connection, parsed.right, { ...admitted, sql })
  }
  if (parsed.left !== 'not a SELECT') return E.left(parsed.left)

  const [prefix, options = ''] = EXPLAIN.exec(sql) ?? []
  if (prefix === undefined) return E.left(notReading(sql))
  const rest = sql.slice(prefix.length)
  const explained = await parseSql(connection, rest)
  if (E.isLeft(explained))
    return E.left(explained.left === 'not a SELECT' ? notReading(rest) : explained.left)
  // Put together again of what was checked: DuckDB may read the text otherwise, such as a comment in a comment.
  return admitTree(connection, explained.right, { sql: `EXPLAIN ${options} ${rest}`, kind: 'explain' })
}

const notReading = (sql: string): Refusal =>
  WRITING.test(sql)
    ? TO_FILE
    : // A PIVOT whose values are not named is two statements, of which the first makes a type.
      /\bPIVOT\b/i.test(sql)
      ? ONE
      : READING

const admitTree = async (
  connection: DuckDBConnection,
  statements: ReadonlyArray<unknown>,
  admitted: AdmittedQuery,
): Promise<E.Either<Refusal, AdmittedQuery>> => {
  if (statements.length !== 1) return E.left(ONE)
  const scope = { ours: await readOurs(connection), withs: new Set<string>(), recurring: new Set<string>() }
  const refusal = refuseStatement(statements[0], scope)
  return refusal === null ? E.right(admitted) : E.left(refusal)
}
