import { extname } from 'node:path'
import { Command, Option } from 'commander'
import { reportTransparency } from '../../app/report/transparency.ts'
import { type ReportFormat, renderReport, reportFormats } from '../../reports/transparency/formats/render.ts'
import { styles } from '../../reports/transparency/styles/index.ts'
import type { StyleId } from '../../reports/transparency/styles/style.ts'
import { CliError, dataOption, exitCodes, jsonOption, timeArgument } from '../output.ts'
import { madeOrFail, reportAtOption, writeReport } from './output.ts'

type Options = {
  readonly from: number
  readonly to: number
  readonly at?: number
  readonly style: StyleId
  readonly format?: ReportFormat
  readonly json?: boolean
  readonly out?: string
  readonly data: string
}

export const transparencyCommand = (): Command =>
  new Command('transparency')
    .summary('a transparency report, from events')
    .description(
      'Counts what happened in a period, out of the events that redress project read: the measures of the EU template, or\n' +
        'those of platforms\u2019 own reports by policy and quarter. The same ledger gives the same report at the same sequence,\n' +
        'byte for byte.',
    )
    .addOption(
      new Option('--from <time>', 'the first instant of the period (a date: its first in UTC)')
        .argParser(timeArgument)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--to <time>', 'the first instant after the period')
        .argParser(timeArgument)
        .makeOptionMandatory(),
    )
    .addOption(reportAtOption())
    .addOption(
      new Option('--style <style>', 'dsa: the EU template; platform: by policy and quarter')
        .choices(Object.keys(styles))
        .default('dsa'),
    )
    .addOption(
      new Option(
        '--format <format>',
        'how to write it (default: what the file\u2019s name says, or md)',
      ).choices(reportFormats),
    )
    .addOption(
      new Option('--out <file>', 'write to this file, whole or not at all (default: standard output)'),
    )
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Each file states the sequence, the rule of the period, the hashes of the rulesets, and what each figure means. Keep the
JSON of what is published: redress report restate explains later how it would differ.
Times are in ms in json and csv, in hours in html and md.

Examples:
  redress report transparency --from 2025-04-01 --to 2025-07-01 --out report.html
  redress report transparency --from 2025-01-01 --to 2026-01-01 --style platform --at 205303 --format csv`,
    )
    .action(async (options: Options) => {
      const { from, to, at = null, style, data, out } = options
      const format = formatOf(options)
      const report = await madeOrFail((onProgress) =>
        reportTransparency({ data, style, period: { from, to }, at, onProgress }),
      )
      await writeReport(await renderReport(report, format), out)
    })

const formatOf = ({ format, json, out = '' }: Options): ReportFormat => {
  if (json === true && format !== undefined && format !== 'json') {
    throw new CliError(`--json and --format ${format} do not go together`, exitCodes.usage)
  }
  const named = reportFormats.find((each) => extname(out) === `.${each}`)
  return format ?? (json === true ? 'json' : (named ?? 'md'))
}
