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
import { type QueryError, QueryFailed } from '../query/error.ts'
import type { Guard } from '../query/guard.ts'
import { PARQUET } from '../query/parquet.ts'
import { sqlError } from '../query/run.ts'
import { onPublished } from '../query/session.ts'
import { copyStatement, type Exportable, exportable } from './tables.ts'

export type ParquetOptions = {
  readonly data: string
  /** The folder to write; it must be empty or not exist. */
  readonly dir: string
  /** The memory limit of the database, such as `2GB`. */
  readonly memory: string
  /** Whether an earlier export there is replaced. */
  readonly overwrite: boolean
  /** Stops it; its reason is a `StopSignal`. */
  readonly stop: AbortSignal
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
export const exportParquet = async (
  options: ParquetOptions,
): Promise<E.Either<QueryError, ExportManifest>> => {
  try {
    return E.right(await exportTo(options))
  } catch (error) {
    if (error instanceof QueryFailed) return E.left(error.error)
    throw error
  }
}

const exportTo = async ({
  dir,
  overwrite,
  onProgress,
  ...session
}: ParquetOptions): Promise<ExportManifest> => {
  const folder = await folderAt(dir)
  if (E.isLeft(folder)) throw new QueryFailed(folder.left.message)
  const target = folder.right
  await checkTarget(dir, target, overwrite)
  // Not `mkdtemp`, whose folders only their owner can read: this one becomes the export.
  const partial = `${target}.partial-${randomUUID()}`
  const forget = removeOnExit(partial)
  try {
    await mkdir(partial)
    const manifest = await onPublished(
      { ...session, scratch: partial, timeout: Number.POSITIVE_INFINITY },
      async (published, watch) => {
        const written = await exportInto(partial, published, watch, onProgress)
        await replaceFolder(partial, target)
        return written
      },
    )
    if (manifest === null) throw new Error('an export has no reader that could leave')
    return manifest
  } catch (error) {
    // DuckDB reports failed writes as errors of its own.
    throw isSystemError(error) ? new QueryFailed(notWritten(dir, error).message) : sqlError(error)
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

/** Throws if an export would replace anything but an earlier one that may be overwritten. */
const checkTarget = async (dir: string, target: string, overwrite: boolean): Promise<void> => {
  if (!existsSync(dirname(target))) throw new QueryFailed(`the folder ${dirname(target)} does not exist`)
  if (!existsSync(target)) return
  const names = await readdir(target)
  if (names.length === 0 || (overwrite && names.includes(MANIFEST))) return
  throw new QueryFailed(
    names.includes(MANIFEST)
      ? `${dir} already contains an export; replace it with --overwrite`
      : `${dir} is not empty and not an export: choose another folder`,
  )
}
