import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { sqlName, sqlText } from '../../foundation/sql.ts'
import type { Guard } from './guard.ts'
import { castTo, portableColumns } from './portable.ts'
import { runQuery, sqlError } from './run.ts'

/** How Parquet is written, everywhere. */
export const PARQUET = 'FORMAT parquet, COMPRESSION zstd'

type WatchedQuery = { readonly connection: DuckDBConnection; readonly sql: string; readonly watch: Guard }

type ParquetFile = {
  readonly path: string
  /** For what is needed to make it. */
  readonly folder: string
  /** How much memory that may take, such as `2GB`. */
  readonly memory: string
}

/**
 * Writes the result of a query to a Parquet file, in types that every engine reads. The database that may write files is
 * a separate one and never sees the query: SQL could get around the restrictions once files may be written.
 */
export const writeParquet = async (
  { connection, sql, watch }: WatchedQuery,
  { path, folder, memory }: ParquetFile,
): Promise<void> => {
  const instance = await DuckDBInstance.create(join(folder, 'rows.duckdb'), { memory_limit: memory })
  const writer = await instance.connect()
  try {
    await takeRows({ connection, sql, watch }, writer)
    const columns = castTo(await portableColumns(writer, 'result'))
    const copy = `COPY (SELECT ${columns} FROM result) TO ${sqlText(path)} (${PARQUET})`
    await watch
      .call(() => writer.run(copy), writer)
      .catch((error) => {
        throw sqlError(error)
      })
  } finally {
    writer.closeSync()
    instance.closeSync()
  }
}

/** Copies the rows of a query into a table, with their types. */
const takeRows = async (
  { connection, sql, watch }: WatchedQuery,
  writer: DuckDBConnection,
): Promise<void> => {
  const { result, chunks } = await runQuery(connection, sql, watch)
  const names = result.deduplicatedColumnNames()
  const columns = result.columnTypes().map((type, i) => `${sqlName(names[i] ?? '')} ${type}`)
  await writer.run(`CREATE TABLE result (${columns.join(', ')})`)
  const appender = await writer.createAppender('result')
  for await (const chunk of chunks) appender.appendDataChunk(chunk)
  appender.closeSync()
}
