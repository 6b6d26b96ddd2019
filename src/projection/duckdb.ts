import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { ProjectionFailure } from './errors.ts'

/** How much memory DuckDB takes before it spills to the disk. */
const MEMORY = '1GB'

/** A working file: one connection that writes, and another that reads while it does. */
export type Workspace = {
  readonly write: DuckDBConnection
  readonly read: DuckDBConnection
  readonly close: () => void
}

export const openWorkspace = async (file: string): Promise<Workspace> => {
  const instance = await DuckDBInstance.create(file, {
    memory_limit: MEMORY,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const write = await instance.connect()
  const read = await instance.connect()
  for (const connection of [write, read]) await connection.run("SET TimeZone = 'UTC'")
  return {
    write,
    read,
    close: () => {
      write.closeSync()
      read.closeSync()
      instance.closeSync()
    },
  }
}

/** All rows of a query, each a list of plain values of JavaScript. */
export const rowsOf = async (
  connection: DuckDBConnection,
  sql: string,
  values?: DuckDBValue[],
): Promise<ReadonlyArray<ReadonlyArray<unknown>>> => (await connection.runAndReadAll(sql, values)).getRowsJS()

/** Runs statements in one transaction; whatever is thrown undoes all of them. */
export const inTransaction = async <A>(connection: DuckDBConnection, work: () => Promise<A>): Promise<A> => {
  await connection.run('BEGIN')
  try {
    const result = await work()
    await connection.run('COMMIT')
    return result
  } catch (error) {
    // A failure of the database may have ended it already; the first error is the one to tell.
    await connection.run('ROLLBACK').catch(() => {})
    throw error
  }
}

/** DuckDB's errors are plain `Error`s, told by how their messages begin ("IO Error: ..."). */
const DUCKDB_ERROR = /^[A-Z][A-Za-z ]+ Error: /

/** Turns a failure of DuckDB or of the file system into a `ProjectionFailure`; what is neither is a mistake of ours. */
export const asFailure = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  const isExpected = DUCKDB_ERROR.test(error.message) || 'syscall' in error
  return isExpected ? new ProjectionFailure({ kind: 'failed', message: error.message }) : error
}
