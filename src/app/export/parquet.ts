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
  /** The folder to write; missing or empty. */
  readonly dir: string
  /** How much memory the database may take, such as `2GB`. */
  readonly memory: string
  /** Whether an earlier export there is replaced. */
  readonly overwrite: boolean
  /** Ends it; its reason is a `StopSignal`. */
  readonly stop: AbortSignal
  /** Told when DuckDB does not give a thread back, which then keeps the process alive. */
  readonly onStuck: () => void
  /** Told now and then how many rows are written, of how many, and of which table. */
  readonly onProgress: (done: number, total: number, table: string) => void
}

/** What an export holds, and as of when. */
export type ExportManifest = ReturnType<typeof manifestOf>

/** Is there when an export is whole, and tells that a folder is one. */
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
  // Not `mkdtemp`, whose folders are for nobody else: this one becomes the export.
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
    // What DuckDB could not write it tells as an error of its own.
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
    // -1 before DuckDB has an idea of it.
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

/** Throws where an export would replace anything but an earlier one that it was told to replace. */
const checkTarget = async (dir: string, target: string, overwrite: boolean): Promise<void> => {
  if (!existsSync(dirname(target))) throw new QueryFailed(`there is no folder ${dirname(target)}`)
  if (!existsSync(target)) return
  const names = await readdir(target)
  if (names.length === 0 || (overwrite && names.includes(MANIFEST))) return
  throw new QueryFailed(
    names.includes(MANIFEST)
      ? `${dir} holds an export; replace it with --overwrite`
      : `${dir} is not empty and no export: name another folder`,
  )
}
