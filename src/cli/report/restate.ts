import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import { Command, Option } from 'commander'
import * as E from '#fp/Either'
import { describeDecodeError } from '../../domain/codec.ts'
import { readBytes, textOf } from '../../foundation/files/read-text.ts'
import { decodeReport } from '../../reports/transparency/codec.ts'
import { jsonOf } from '../../reports/transparency/formats/render.ts'
import type { Report } from '../../reports/transparency/report.ts'
import { makeRestatement } from '../../reports/transparency/restatement/make.ts'
import { restatementMarkdown } from '../../reports/transparency/restatement/markdown.ts'
import { fileOrFail } from '../files.ts'
import { CliError, dataOption, exitCodes, jsonOption } from '../output.ts'
import { fromPublished, reportAtOption, writeReport } from './output.ts'

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
      const { report: earlier, sha256 } = await readEarlier(file)
      if (options.at !== undefined && options.at < earlier.sequence) {
        throw new CliError(
          `--at ${options.at} is before the earlier report, which is of sequence ${earlier.sequence}`,
          exitCodes.usage,
        )
      }
      const restatement = await fromPublished(options.data, (published, onProgress) =>
        makeRestatement(published, earlier, sha256, { at: options.at ?? null, onProgress }),
      )
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

/** So many problems of a file are told. */
const MOST_PROBLEMS = 5

const readEarlier = async (file: string): Promise<{ readonly report: Report; readonly sha256: string }> => {
  const bytes = fileOrFail(await readBytes(file))
  const text = fileOrFail(textOf(bytes, file))
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new CliError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const report = decodeReport(json)
  if (E.isLeft(report)) {
    const told = report.left.slice(0, MOST_PROBLEMS).map((problem) => `  ${describeDecodeError(problem)}`)
    throw new CliError(`${file} is not the JSON of a transparency report:`, exitCodes.failed, told)
  }
  return { report: report.right, sha256: createHash('sha256').update(bytes).digest('hex') }
}
