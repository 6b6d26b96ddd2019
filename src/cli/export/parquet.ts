import { Command, Option } from 'commander'
import * as E from '#fp/Either'
import { type ExportManifest, exportParquet } from '../../app/export/parquet.ts'
import { dataOption, jsonOption, printJson, printLine } from '../output.ts'
import { startProgress } from '../progress.ts'
import { describeQueryError } from '../query/failure.ts'
import { memoryOption } from '../query/options.ts'
import { onSignal } from '../signals.ts'
import { format, table } from '../table.ts'

type Options = {
  readonly data: string
  readonly memory: string
  readonly overwrite?: boolean
  readonly json?: boolean
}

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
    .action(async (dir: string, { data, memory, overwrite = false, json }: Options) => {
      const stop = new AbortController()
      const signalled = onSignal(() => stop.abort(signalled()))
      const progress = startProgress('Exporting', 1, 'rows')
      const exported = await exportParquet({
        ...{ data, dir, memory, overwrite, stop: stop.signal },
        // That thread would keep the process alive.
        onStuck: () => void setTimeout(() => process.exit(), 1_000),
        onProgress: progress.update,
      }).finally(progress.stop)
      if (E.isLeft(exported)) throw describeQueryError(exported.left)
      if (json === true) return printJson(exported.right)
      for (const line of reportLines(dir, exported.right)) printLine(line)
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
  ...(leftOut.length === 0 ? [] : [`Left out, for they depend on the current time: ${leftOut.join(', ')}`]),
]
