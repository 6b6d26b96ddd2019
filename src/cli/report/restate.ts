import { extname } from 'node:path'
import { Command, Option } from 'commander'
import { readEarlierReport } from '../../app/report/earlier.ts'
import { restateReport } from '../../app/report/restate.ts'
import { readBytes } from '../../foundation/files/read-text.ts'
import { jsonOf } from '../../reports/transparency/formats/render.ts'
import { restatementMarkdown } from '../../reports/transparency/restatement/markdown.ts'
import { fileOrFail } from '../files.ts'
import { CliError, dataOption, exitCodes, jsonOption } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { madeOrFail, reportAtOption, writeReport } from './output.ts'

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
    .summary('how an earlier report would differ now, and which events are why')
    .description(
      'Computes the period of an earlier report again at a later sequence. Each figure that differs stands beside what it\n' +
        'was, with the events that arrived since and touch it. The earlier report is not changed; one that this ledger does\n' +
        'not give again at its own sequence is said to be so.',
    )
    .argument('<earlier>', 'the JSON of an earlier report (redress report transparency --format json)')
    .addOption(reportAtOption())
    .addOption(
      new Option(
        '--format <format>',
        'how to write it (default: what the file\u2019s name says, or md)',
      ).choices(formats),
    )
    .addOption(
      new Option('--out <file>', 'write to this file, whole or not at all (default: standard output)'),
    )
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 done, 1 done, but this ledger does not give the earlier report again, 2 could not do it.

Example:
  redress report restate report.json --out restatement.md`,
    )
    .action(async (file: string, options: Options) => {
      const format = formatOf(options)
      const { data, at = null } = options
      const earlier = resultOrFail(readEarlierReport(fileOrFail(await readBytes(file)), file))
      const restatement = await madeOrFail((onProgress) => restateReport({ data, earlier, at, onProgress }))
      await writeReport(
        format === 'json' ? jsonOf(restatement) : restatementMarkdown(restatement),
        options.out,
      )
      if (!restatement.earlier.isReproduced) process.exitCode = exitCodes.findings
    })

const formatOf = ({ format, json, out = '' }: Options): (typeof formats)[number] => {
  if (json === true && format === 'md') {
    throw new CliError('--json and --format md do not go together', exitCodes.usage)
  }
  return format ?? (json === true || extname(out) === '.json' ? 'json' : 'md')
}
