import { chmodSync, existsSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { describeSystemError, isSystemError } from '../foundation/files/file-error.ts'
import { ProjectionFailure } from './errors.ts'
import { registerRows } from './rows/run.ts'

/** How much memory DuckDB uses before it spills to disk. With four times as much a rebuild is not faster. */
const MEMORY = '256MB'

/** A working file: connections that write, each in its own transaction, and one that reads at the same time. */
export type Workspace = {
  readonly write: DuckDBConnection
  /** Writes the table `evidence`, which is most of the history, in parallel. */
  readonly evidence: DuckDBConnection
  readonly read: DuckDBConnection
  /** Makes `close` wait for work in the background: DuckDB hangs if it is closed while work is in progress. */
  readonly inBackground: (work: Promise<void>) => void
  readonly close: () => Promise<void>
}

export const openWorkspace = async (file: string): Promise<Workspace> => {
  const instance = await DuckDBInstance.create(file, {
    memory_limit: MEMORY,
    // With more, a thread that waits for another busy-waits on a core that JavaScript needs.
    threads: '1',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  // Readable by its owner only, like the ledger.
  if (existsSync(file)) chmodSync(file, 0o600)
  const write = await instance.connect()
  const evidence = await instance.connect()
  const read = await instance.connect()
  for (const connection of [write, evidence, read]) await connection.run("SET TimeZone = 'UTC'")
  registerRows(write)
  const background = new Set<Promise<void>>()
  let isClosed = false
  return {
    write,
    evidence,
    read,
    inBackground: (work) => {
      // A failure reaches whoever awaits `work` itself; `close` only needs it to be over.
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

/**
 * Returns the memory that DuckDB has freed to the system, as DuckDB does whenever its limit is set. Otherwise the C
 * library keeps it for later: 200 MB of a rebuild.
 */
export const releaseMemory = async (connection: DuckDBConnection): Promise<void> => {
  await connection.run(`SET memory_limit = '${MEMORY}'`)
}

/** All rows of a query, each a list of plain JavaScript values. */
export const rowsOf = async (
  connection: DuckDBConnection,
  sql: string,
  values?: DuckDBValue[],
): Promise<ReadonlyArray<ReadonlyArray<unknown>>> => (await connection.runAndReadAll(sql, values)).getRowsJS()

/** DuckDB's errors are plain `Error`s, recognizable only by the start of the message ("IO Error: ..."). */
const DUCKDB_ERROR = /^[A-Z][A-Za-z ]+ Error: /

/** Turns a failure of DuckDB or of the file system into a `ProjectionFailure`; anything else is a bug. */
export const asFailure = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  if (isSystemError(error)) {
    return new ProjectionFailure({ kind: 'failed', message: describeSystemError(error) })
  }
  return DUCKDB_ERROR.test(error.message)
    ? new ProjectionFailure({ kind: 'failed', message: error.message })
    : error
}
