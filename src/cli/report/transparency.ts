import { extname } from 'node:path'
import { Command, Option } from 'commander'
import { reportTransparency } from '../../app/report/transparency.ts'
import { type ReportFormat, renderReport, reportFormats } from '../../reports/transparency/formats/render.ts'
import { styles } from '../../reports/transparency/styles/index.ts'
import type { StyleId } from '../../reports/transparency/styles/style.ts'
import { helpNotes } from '../help-notes.ts'
import { CliError, dataOption, exitCodes, jsonOption, timeArgument } from '../output.ts'
import { reportAtOption, reportOrFail, writeReport } from './output.ts'

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
    .summary('write a transparency report')
    .description(
      'Counts what happened in a period, from the projected events: the measures of the EU template, or those of platforms\u2019 ' +
        'own reports, by policy and quarter. The same ledger gives the same report at the same sequence, byte for byte.',
    )
    .addOption(
      new Option('--from <time>', 'the start of the period (a date means midnight UTC)')
        .argParser(timeArgument)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--to <time>', 'the end of the period, exclusive')
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
        'the output format (default: by the extension of --out, otherwise md)',
      ).choices(reportFormats),
    )
    .addOption(new Option('--out <file>', 'write to this file, atomically (default: standard output)'))
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
Each report states its sequence, how events are assigned to the period, the hashes of the rulesets, and what each figure means. Keep the JSON of every report that you publish: redress report restate can later show how it would differ. Durations are in milliseconds in json and csv, in hours in html and md.

Examples:
  redress report transparency --from 2025-04-01 --to 2025-07-01 --out report.html
  redress report transparency --from 2025-01-01 --to 2026-01-01 --style platform --at 205303 --format csv`),
    )
    .action(async (options: Options) => {
      const { from, to, at = null, style, data, out } = options
      const format = formatOf(options)
      const report = await reportOrFail((onProgress) =>
        reportTransparency({ data, style, period: { from, to }, at, onProgress }),
      )
      await writeReport(await renderReport(report, format), out)
    })

const formatOf = ({ format, json, out = '' }: Options): ReportFormat => {
  if (json === true && format !== undefined && format !== 'json') {
    throw new CliError(`--json cannot be used with --format ${format}`, exitCodes.usage)
  }
  const named = reportFormats.find((each) => extname(out) === `.${each}`)
  return format ?? (json === true ? 'json' : (named ?? 'md'))
}
