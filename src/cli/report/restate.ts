import { extname } from 'node:path'
import { Command, Option } from 'commander'
import { readEarlierReport } from '../../app/report/earlier.ts'
import { restateReport } from '../../app/report/restate.ts'
import { readBytes } from '../../foundation/files/read-text.ts'
import { jsonOf } from '../../reports/transparency/formats/render.ts'
import { restatementMarkdown } from '../../reports/transparency/restatement/markdown.ts'
import { fileOrFail } from '../files.ts'
import { helpNotes } from '../help-notes.ts'
import { CliError, dataOption, exitCodes, jsonOption } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { reportAtOption, reportOrFail, writeReport } from './output.ts'

const formats = ['json', 'md'] as const

type Options = {
  readonly at?: number
  readonly format?: (typeof formats)[number]
  readonly json?: boolean
  readonly out?: string
  readonly data: string
}

export const restateCommand = (): Command =>
  new Command('restate')
    .summary('show how an earlier report would differ now, and because of which events')
    .description(
      'Computes an earlier report again for the same period at a later sequence. Shows each figure that differs next to its ' +
        'earlier value, with the later events that affect it. The earlier report is not changed; if this ledger does not ' +
        'reproduce it at its own sequence, the restatement says so.',
    )
    .argument('<earlier>', 'the JSON of an earlier report (redress report transparency --format json)')
    .addOption(reportAtOption())
    .addOption(
      new Option(
        '--format <format>',
        'the output format (default: by the extension of --out, otherwise md)',
      ).choices(formats),
    )
    .addOption(new Option('--out <file>', 'write to this file, atomically (default: standard output)'))
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
Exit code: 0 done, 1 done, but this ledger does not reproduce the earlier report, 2 failed.

Example:
  redress report restate report.json --out restatement.md`),
    )
    .action(async (file: string, options: Options) => {
      const format = formatOf(options)
      const { data, at = null } = options
      const earlier = resultOrFail(readEarlierReport(fileOrFail(await readBytes(file)), file))
      const restatement = await reportOrFail((onProgress) => restateReport({ data, earlier, at, onProgress }))
      await writeReport(
        format === 'json' ? jsonOf(restatement) : restatementMarkdown(restatement),
        options.out,
      )
      if (!restatement.earlier.isReproduced) process.exitCode = exitCodes.findings
    })

const formatOf = ({ format, json, out = '' }: Options): (typeof formats)[number] => {
  if (json === true && format === 'md') {
    throw new CliError('--json cannot be used with --format md', exitCodes.usage)
  }
  return format ?? (json === true || extname(out) === '.json' ? 'json' : 'md')
}
