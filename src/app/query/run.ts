import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { type AdmittedQuery, admitQuery } from '../../projection/sql-fence/fence.ts'
import { hintOf } from '../../projection/sql-fence/hint.ts'
import { withoutTabs } from '../../projection/sql-fence/place.ts'
import { describing } from './describe.ts'
import { outOfMemory, type QueryFailed, queryFailed } from './error.ts'
import { type Guard, QueryStopped } from './guard.ts'

/** A result, read on demand. */
export type Rows = { readonly result: DuckDBResult; readonly chunks: AsyncGenerator<DuckDBDataChunk> }

/** Runs the one read-only statement in a text; throws `QueryFailed` for any other text and for SQL errors. */
export const runQuery = async (connection: DuckDBConnection, sql: string, guard: Guard): Promise<Rows> => {
  try {
    const admitted = await guard.call(() => admitQuery(connection, sql))
    if (E.isLeft(admitted)) throw inLines(admitted.left)
    await guard.call(() => bind(connection, admitted.right.sql))
    const statement = await answering(connection, admitted.right, guard)
    // Shows at the end whether all rows were read: see `chunksOf`.
    await connection.run('BEGIN')
    const isUnsafe = admitted.right.kind === 'query' && (await wouldHang(connection, statement, guard))
    const stream = () => (isUnsafe ? streamMaterialized(connection, statement) : connection.stream(statement))
    const result = await guard.call(stream)
    return { result, chunks: chunksOf(connection, statement, result, guard) }
  } catch (error) {
    throw sqlError(error, await hintFor(connection, sql, error))
  }
}

/** Binds a statement as it was written, so that errors point into it and not into the statement that wraps it. */
const bind = async (connection: DuckDBConnection, sql: string): Promise<void> => {
  const prepared = await connection.prepare(sql)
  prepared.destroySync()
}

/** The SQL that gives the answer's rows. */
const answering = async (
  connection: DuckDBConnection,
  admitted: AdmittedQuery,
  guard: Guard,
): Promise<string> =>
  admitted.kind === 'describe' ? describing(connection, admitted.sql, admitted.table, guard) : admitted.sql

const hintFor = async (connection: DuckDBConnection, sql: string, error: unknown): Promise<string | null> =>
  error instanceof Error ? hintOf(connection, sql, error.message) : null

/**
 * The rows. An error part-way looks like their end, because Node's binding does not report it (as others did not:
 * https://github.com/duckdb/duckdb-rs/pull/664), but it aborts the transaction.
 */
async function* chunksOf(
  connection: DuckDBConnection,
  sql: string,
  result: DuckDBResult,
  guard: Guard,
): Rows['chunks'] {
  try {
    for (;;) {
      const chunk = await guard.call(() => result.fetchChunk())
      if (chunk === null || chunk.rowCount === 0) break
      yield chunk
    }
    await guard
      .call(() => connection.run('SELECT 1'))
      .catch((error) => {
        if (error instanceof QueryStopped) throw error
        return failAgain(connection, sql, guard)
      })
  } catch (error) {
    throw sqlError(error)
  }
}

/** Runs a query that failed part-way again, keeping no rows, to get its error. */
const failAgain = async (connection: DuckDBConnection, sql: string, guard: Guard): Promise<never> => {
  await endQuery(connection)
  await guard.call(() => makeView(connection, sql))
  await guard.call(() => connection.run(`SELECT max(hash(COLUMNS(*))) FROM ${VIEW}`))
  throw queryFailed('the query failed part-way, but succeeded on retry; run it again')
}

/** Ends the transaction that `runQuery` began, whether read to the end or not, to free the connection. */
const endQuery = async (connection: DuckDBConnection): Promise<void> => {
  // There may be none.
  await connection.run('ROLLBACK').catch(() => {})
}

/** DuckDB's error for a statement, with its mark of the place; a hint replaces its message. */
export const sqlError = (error: unknown, hint: string | null = null): unknown => {
  if (!(error instanceof Error) || !/^(?:Failed to extract statements: )?[\w ]+ Error: /.test(error.message))
    return error
  const message = error.message.replace(/^Failed to extract statements: /, '')
  if (/^Out of Memory Error/.test(message)) {
    return outOfMemory()
  }
  const { message: firstLine, details = [] } = inLines(withoutTabs(message)).error
  if (hint === null) return queryFailed(firstLine, details)
  const place = details.findIndex((line) => line.startsWith('LINE '))
  return queryFailed(hint, place < 0 ? [] : details.slice(place))
}

/** DuckDB marks the place in the SQL on lines below its message. */
const inLines = (message: string): QueryFailed => {
  const [first = '', ...rest] = message.trimEnd().split('\n')
  return queryFailed(first, rest)
}

/** A node of a plan, as `EXPLAIN (FORMAT json)` writes it. */
type Plan = { readonly name: string; readonly children: ReadonlyArray<Plan> }

/**
 * Whether DuckDB 1.5 would hang forever when streaming the statement: it does on a UNION in the last pipeline
 * whose branches wait for others (https://github.com/duckdb/duckdb/issues/22215).
 */
const wouldHang = async (connection: DuckDBConnection, sql: string, guard: Guard): Promise<boolean> => {
  const explained = await guard.call(() => connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`))
  // Cast: DuckDB's own format.
  const [root] = JSON.parse(String(explained.getRows()[0]?.[1])) as ReadonlyArray<Plan>
  return root !== undefined && endsInUnion(root) && !isPassThrough(root)
}

const SINK = /GROUP_BY|AGGREGATE|ORDER_BY|TOP_N|WINDOW/
const PASSING = /UNION|PROJECTION|FILTER|SCAN/

const endsInUnion = ({ name, children }: Plan): boolean =>
  name.trim() === 'UNION' || (!SINK.test(name) && children.some(endsInUnion))

const isPassThrough = ({ name, children }: Plan): boolean =>
  PASSING.test(name) && children.every(isPassThrough)

/** The view that stands for a query inside another. */
const VIEW = '"the query"'

const makeView = async (connection: DuckDBConnection, sql: string): Promise<void> => {
  // The text comes last, because it may end in a comment.
  await connection.run(`CREATE OR REPLACE TEMP VIEW ${VIEW} AS ${sql}`)
}

/** Streams a query after materializing all of its rows, in memory that counts against the limit. */
const streamMaterialized = async (connection: DuckDBConnection, sql: string): Promise<DuckDBResult> => {
  await makeView(connection, sql)
  return connection.stream(`WITH r AS MATERIALIZED (FROM ${VIEW}) FROM r`)
}
