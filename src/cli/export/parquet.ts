import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Command, Option } from 'commander'
import { copyStatement, type Exportable, exportable } from '../../app/export/tables.ts'
import type { Guard } from '../../app/query/guard.ts'
import { formatInstant } from '../../domain/time.ts'
import { isSystemError, notWritten } from '../../foundation/file-error.ts'
import { folderAt, replaceFolder } from '../../foundation/folder.ts'
import { jsonText } from '../../foundation/json-text.ts'
import { removeOnExit } from '../../foundation/remove-on-exit.ts'
import { writeNewFile } from '../../foundation/write-file.ts'
import type { Published } from '../../projection/published.ts'
import { fileOrFail } from '../files.ts'
import { CliError, dataOption, jsonOption, printJson, printLine } from '../output.ts'
import { startProgress } from '../progress.ts'
import { memoryOption } from '../query/options.ts'
import { PARQUET } from '../query/parquet.ts'
import { sqlError } from '../query/run.ts'
import { onPublished } from '../query/session.ts'
import { format, table } from '../table.ts'

type Options = {
  readonly data: string
  readonly memory: string
  readonly overwrite?: boolean
  readonly json?: boolean
}

/** Is there when an export is whole, and tells that a folder is one. */
const MANIFEST = 'manifest.json'

export const exportParquetCommand = (): Command =>
  new Command('parquet')
    .summary('all tables as Parquet files, for any engine')
    .description(
      'Writes all tables and views of the projections as Parquet, each into a folder of its own. A table with times is\n' +
        'divided by the month (UTC) of its first time column: events/month=2025-04/. Views that depend on the current\n' +
        'time are left out. manifest.json says as of which sequence it all is, and what is there.',
    )
    .argument('<dir>', 'the folder to write; missing or empty')
    .addOption(new Option('--overwrite', 'replace an earlier export there'))
    .addOption(memoryOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
The folder appears when everything is written: one that was killed leaves DIR.partial-... and no DIR.

Example:
  redress export parquet /exports/2025-05-20
  duckdb -c "FROM read_parquet('/exports/2025-05-20/events/**/*.parquet', hive_partitioning = true) LIMIT 10"`,
    )
    .action(async (dir: string, options: Options) => {
      const target = fileOrFail(await folderAt(dir))
      await checkTarget(dir, target, options.overwrite === true)
      // Not `mkdtemp`, whose folders are for nobody else: this one becomes the export.
      const partial = `${target}.partial-${randomUUID()}`
      const forget = removeOnExit(partial)
      try {
        await mkdir(partial)
        await onPublished(
          { ...options, scratch: partial, timeout: Number.POSITIVE_INFINITY },
          async (published, watch) => {
            const manifest = await exportInto(partial, published, watch)
            await replaceFolder(partial, target)
            if (options.json === true) printJson(manifest)
            else for (const line of reportLines(dir, manifest)) printLine(line)
          },
        )
      } catch (error) {
        // What DuckDB could not write it tells as an error of its own.
        throw isSystemError(error) ? new CliError(notWritten(dir, error).message) : sqlError(error)
      } finally {
        await rm(partial, { recursive: true, force: true })
        forget()
      }
    })

type Manifest = ReturnType<typeof manifestOf>

const manifestOf = ({ standing }: Published, { tables, leftOut }: Exportable) => ({
  sequence: standing.sequence,
  recordedAt: standing.recordedAt === null ? null : formatInstant(standing.recordedAt),
  leafSha256: standing.leaf,
  projections: standing.projections,
  tables: tables.map(({ timeColumn, ...each }) => ({ ...each, byMonthOf: timeColumn })),
  leftOut,
})

const exportInto = async (folder: string, published: Published, watch: Guard): Promise<Manifest> => {
  const { connection } = published
  const found = await watch.call(() => exportable(connection))
  const total = found.tables.reduce((sum, { rows }) => sum + rows, 0)
  const progress = startProgress('Exporting', total, 'rows')
  let done = 0
  try {
    for (const each of found.tables) {
      // -1 before DuckDB has an idea of it.
      const share = (): number => Math.max(0, connection.progress.percentage) / 100
      const ticks = setInterval(
        () => progress.update(Math.floor(done + share() * each.rows), total, each.name),
        250,
      )
      try {
        await mkdir(join(folder, each.name))
        await watch.call(() => connection.run(copyStatement(each, join(folder, each.name), PARQUET)))
      } finally {
        clearInterval(ticks)
      }
      done += each.rows
      progress.update(done, total, each.name)
    }
  } finally {
    progress.stop()
  }
  await rm(join(folder, 'spilled'), { recursive: true, force: true })
  const manifest = manifestOf(published, found)
  await writeNewFile(join(folder, MANIFEST), `${jsonText(manifest, 2)}\n`)
  return manifest
}

/** Throws where an export would replace anything but an earlier one that it was told to replace. */
const checkTarget = async (dir: string, target: string, overwrite: boolean): Promise<void> => {
  if (!existsSync(dirname(target))) throw new CliError(`there is no folder ${dirname(target)}`)
  if (!existsSync(target)) return
  const names = await readdir(target)
  if (names.length === 0 || (overwrite && names.includes(MANIFEST))) return
  throw new CliError(
    names.includes(MANIFEST)
      ? `${dir} holds an export; replace it with --overwrite`
      : `${dir} is not empty and no export: name another folder`,
  )
}

const reportLines = (dir: string, { sequence, tables, leftOut }: Manifest): ReadonlyArray<string> => [
  `Exported to ${dir}, as of sequence ${format(sequence)}:`,
  ...table(
    [
      { title: 'table', cell: ({ name }) => name },
      { title: 'rows', align: 'right', cell: ({ rows }) => rows },
      { title: 'by month of', cell: ({ byMonthOf }) => byMonthOf ?? '' },
    ],
    tables,
    2,
  ),
  ...(leftOut.length === 0 ? [] : [`Left out, for they depend on the current time: ${leftOut.join(', ')}`]),
]
