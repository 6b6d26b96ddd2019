import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as E from '#fp/Either'
import { formatInstant } from '../../domain/time.ts'
import { isSystemError, notWritten } from '../../foundation/files/file-error.ts'
import { folderAt, replaceFolder } from '../../foundation/files/folder.ts'
import { removeOnExit } from '../../foundation/files/remove-on-exit.ts'
import { writeNewFile } from '../../foundation/files/write-file.ts'
import { jsonText } from '../../foundation/text/json-text.ts'
import type { Published } from '../../projection/published.ts'
import { type AppError, failed } from '../error.ts'
import { QueryFailed } from '../query/error.ts'
import type { Guard } from '../query/guard.ts'
import { PARQUET } from '../query/parquet.ts'
import { sqlError } from '../query/run.ts'
import { onPublished } from '../query/session.ts'
import { fileResult } from '../results.ts'
import { copyStatement, type Exportable, exportable } from './tables.ts'

export type ParquetOptions = {
  readonly data: string
  /** The folder to write; it must be empty or not exist. */
  readonly dir: string
  /** The memory limit of the database, such as `2GB`. */
  readonly memory: string
  /** Whether an earlier export there is replaced. */
  readonly overwrite: boolean
  /** Stops it. */
  readonly signal: AbortSignal
  /** Called if a thread of DuckDB is stuck, which then keeps the process alive. */
  readonly onStuck: () => void
  /** Called periodically with how many rows are written, the total, and the table. */
  readonly onProgress: (done: number, total: number, table: string) => void
}

/** What an export contains, and what it is as of. */
export type ExportManifest = ReturnType<typeof manifestOf>

/** Written last: marks a folder as a complete export. */
const MANIFEST = 'manifest.json'

/** Writes all tables and views of the projections as Parquet. The folder appears when everything is written. */
export const exportParquet = async ({
  dir,
  overwrite,
  onProgress,
  ...session
}: ParquetOptions): Promise<E.Either<AppError, ExportManifest>> => {
  const folder = fileResult(await folderAt(dir))
  if (E.isLeft(folder)) return folder
  const target = folder.right
  // Not `mkdtemp`, whose folders only their owner can read: this one becomes the export.
  const partial = `${target}.partial-${randomUUID()}`
  const forget = removeOnExit(partial)
  try {
    const obstacle = await obstacleAt(dir, target, overwrite)
    if (obstacle !== null) return E.left(obstacle)
    await mkdir(partial)
    const manifest = await onPublished(
      { ...session, scratch: partial, timeout: Number.POSITIVE_INFINITY },
      async (published, watch) => {
        const written = await exportInto(partial, published, watch, onProgress)
        await replaceFolder(partial, target)
        return written
      },
    )
    if (E.isLeft(manifest)) return manifest
    if (manifest.right === null) throw new Error('an export has no reader that could leave')
    return E.right(manifest.right)
  } catch (error) {
    if (isSystemError(error)) return failed(notWritten(dir, error).message)
    // DuckDB reports failed writes as errors of its own.
    const failure = sqlError(error)
    if (failure instanceof QueryFailed) return E.left(failure.error)
    throw failure
  } finally {
    await rm(partial, { recursive: true, force: true })
    forget()
  }
}

const manifestOf = ({ standing }: Published, { tables, leftOut }: Exportable) => ({
  sequence: standing.sequence,
  recordedAt: standing.recordedAt === null ? null : formatInstant(standing.recordedAt),
  leafSha256: standing.leaf,
  projections: standing.projections,
  tables: tables.map(({ timeColumn, ...each }) => ({ ...each, byMonthOf: timeColumn })),
  leftOut,
})

const exportInto = async (
  folder: string,
  published: Published,
  watch: Guard,
  onProgress: ParquetOptions['onProgress'],
): Promise<ExportManifest> => {
  const { connection } = published
  const found = await watch.call(() => exportable(connection))
  const total = found.tables.reduce((sum, { rows }) => sum + rows, 0)
  let done = 0
  for (const each of found.tables) {
    // -1 while DuckDB has no estimate.
    const share = (): number => Math.max(0, connection.progress.percentage) / 100
    const ticks = setInterval(() => onProgress(Math.floor(done + share() * each.rows), total, each.name), 250)
    try {
      await mkdir(join(folder, each.name))
      await watch.call(() => connection.run(copyStatement(each, join(folder, each.name), PARQUET)))
    } finally {
      clearInterval(ticks)
    }
    done += each.rows
    onProgress(done, total, each.name)
  }
  await rm(join(folder, 'spilled'), { recursive: true, force: true })
  const manifest = manifestOf(published, found)
  await writeNewFile(join(folder, MANIFEST), `${jsonText(manifest, 2)}\n`)
  return manifest
}

/** What is in the way of an export: anything but an earlier one that may be overwritten. */
const obstacleAt = async (dir: string, target: string, overwrite: boolean): Promise<AppError | null> => {
  if (!existsSync(dirname(target)))
    return { kind: 'failed', message: `the folder ${dirname(target)} does not exist; create it first` }
  if (!existsSync(target)) return null
  const names = await readdir(target)
  if (names.length === 0) return null
  if (!names.includes(MANIFEST))
    return { kind: 'failed', message: `${dir} is not empty and not an export: choose another folder` }
  return overwrite
    ? null
    : { kind: 'failed', message: `${dir} already contains an export; replace it`, options: ['overwrite'] }
}
