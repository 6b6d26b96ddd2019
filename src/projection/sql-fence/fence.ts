import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import type { Refusal } from './check.ts'
import { describedBy } from './described.ts'
import { readOurs } from './ours.ts'
import { parseSql } from './parse.ts'
import { refuseStatement } from './walk.ts'

/** One statement that may be bound and run: its text, which must be run exactly as it is here. */
export type AdmittedQuery =
  | { readonly kind: 'query' | 'explain'; readonly sql: string }
  /** Asks for the columns of a table or view; null: of a query's result. */
  | { readonly kind: 'describe'; readonly sql: string; readonly table: string | null }

const READING =
  'only statements that read are allowed: SELECT, FROM, WITH, DESCRIBE, SHOW, SUMMARIZE, EXPLAIN'
const TO_FILE = `${READING}; to write a result to a file, use --out FILE`
const ONE = 'give one statement at a time; a PIVOT must list its values: PIVOT t ON column IN (...) USING ...'

/** Only comments and semicolons: DuckDB has no good error for that. */
const BLANK = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*$/

/** Statements that write files. */
const WRITING = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:COPY|EXPORT)\b/i

/** `EXPLAIN` with its options: `ANALYZE`, `(FORMAT json)`. What follows is a statement of its own. */
const EXPLAIN =
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*EXPLAIN\b((?:\s+ANALYZE\b)?(?:\s*\(\s*(?:ANALYZE|FORMAT\s+[a-z]+)(?:\s*,\s*(?:ANALYZE|FORMAT\s+[a-z]+))*\s*\))?)/i

/**
 * Admits SQL that reads what is published and does nothing else, before DuckDB binds any of it: binding already evaluates
 * constants and opens files. It checks DuckDB's own parse tree against allowlists.
 */
export const admitQuery = async (
  connection: DuckDBConnection,
  sql: string,
): Promise<E.Either<Refusal, AdmittedQuery>> => {
  if (BLANK.test(sql))
    return E.left('there is no SQL to run; give a statement, such as FROM accounts LIMIT 10')
  // DuckDB's parser stops at one, but other parts of DuckDB may not.
  if (sql.includes('\0')) return E.left('the SQL contains a NUL character')
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
  // Reassembled from what was checked: DuckDB may read the text differently, such as a comment in a comment.
  return admitTree(connection, explained.right, { sql: `EXPLAIN ${options} ${rest}`, kind: 'explain' })
}

const notReading = (sql: string): Refusal =>
  WRITING.test(sql)
    ? TO_FILE
    : // A PIVOT that does not list its values is two statements, the first of which creates a type.
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
