import { chmodSync, existsSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { describeSystemError, isSystemError } from '../foundation/files/file-error.ts'
import { ProjectionFailure } from './errors.ts'

/** How much memory DuckDB takes before it spills to the disk. */
const MEMORY = '1GB'

/** A working file: connections that write, each in a transaction of its own, and one that reads while they do. */
export type Workspace = {
  readonly write: DuckDBConnection
  /** Writes the table `evidence`, most of the history, at the same time. */
  readonly evidence: DuckDBConnection
  readonly read: DuckDBConnection
  /** Has work that goes on by itself awaited by `close`: DuckDB hangs when it is closed under way. */
  readonly inBackground: (work: Promise<void>) => void
  readonly close: () => Promise<void>
}

export const openWorkspace = async (file: string): Promise<Workspace> => {
  const instance = await DuckDBInstance.create(file, {
    memory_limit: MEMORY,
    // With more, the one that waits for the other keeps a core busy by asking; and JavaScript has its own to do meanwhile.
    threads: '1',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  // As readable as the ledger, and no more.
  if (existsSync(file)) chmodSync(file, 0o600)
  const write = await instance.connect()
  const evidence = await instance.connect()
  const read = await instance.connect()
  for (const connection of [write, evidence, read]) await connection.run("SET TimeZone = 'UTC'")
  const background = new Set<Promise<void>>()
  let isClosed = false
  return {
    write,
    evidence,
    read,
    inBackground: (work) => {
      // Who awaits it itself is told of a failure; here it only has to be over.
      const over = work.catch(() => {}).finally(() => background.delete(over))
      background.add(over)
    },
    close: async () => {
      if (isClosed) return
      isClosed = true
      await Promise.all(background)
      write.closeSync()
      evidence.closeSync()
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

/** DuckDB's errors are plain `Error`s, told by how their messages begin ("IO Error: ..."). */
const DUCKDB_ERROR = /^[A-Z][A-Za-z ]+ Error: /

/** Turns a failure of DuckDB or of the file system into a `ProjectionFailure`; what is neither is a mistake of ours. */
export const asFailure = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  if (isSystemError(error)) {
    return new ProjectionFailure({ kind: 'failed', message: describeSystemError(error) })
  }
  return DUCKDB_ERROR.test(error.message)
    ? new ProjectionFailure({ kind: 'failed', message: error.message })
    : error
}
