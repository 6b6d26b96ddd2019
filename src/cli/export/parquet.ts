import { Command, Option } from 'commander'
import { type ExportManifest, exportParquet } from '../../app/export/parquet.ts'
import { helpNotes } from '../help-notes.ts'
import { dataOption, jsonOption, printJson, printLine } from '../output.ts'
import { startProgress } from '../progress.ts'
import { memoryOption } from '../query/options.ts'
import { resultOrFail } from '../result.ts'
import { stopBySignal } from '../signals.ts'
import { format, table } from '../table.ts'

type Options = {
  readonly data: string
  readonly memory: string
  readonly overwrite?: boolean
  readonly json?: boolean
}

export const exportParquetCommand = (): Command =>
  new Command('parquet')
    .summary('export all tables as Parquet files')
    .description(
      'Writes all tables and views of the projections as Parquet, each to its own folder. A table with times is partitioned ' +
        'by the month (UTC) of its first time column: events/month=2025-04/. Views that depend on the current time are left ' +
        'out. manifest.json records the sequence and lists the tables.',
    )
    .argument('<dir>', 'the folder to write; it must be empty or not exist')
    .addOption(new Option('--overwrite', 'replace an earlier export there'))
    .addOption(memoryOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
The folder appears once everything is written; an export that was killed leaves only DIR.partial-...

Example:
  redress export parquet /exports/2025-05-20
  duckdb -c "FROM read_parquet('/exports/2025-05-20/events/**/*.parquet', hive_partitioning = true) LIMIT 10"`),
    )
    .action(async (dir: string, { data, memory, overwrite = false, json }: Options) => {
      const stop = stopBySignal()
      stop.listen()
      const progress = startProgress('Exporting', 1, 'rows')
      const exported = await exportParquet({
        ...{ data, dir, memory, overwrite, signal: stop.signal },
        // The stuck thread would keep the process alive.
        onStuck: () => void setTimeout(() => process.exit(), 1_000),
        onProgress: progress.update,
      }).finally(progress.stop)
      const manifest = resultOrFail(exported, stop.came())
      if (json === true) return printJson(manifest)
      for (const line of reportLines(dir, manifest)) printLine(line)
    })

const reportLines = (dir: string, { sequence, tables, leftOut }: ExportManifest): ReadonlyArray<string> => [
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
  ...(leftOut.length === 0
    ? []
    : [`Left out, because they depend on the current time: ${leftOut.join(', ')}`]),
]
