import { Command, Option } from 'commander'
import { replayLedger } from '../../app/replay/replay.ts'
import type { PlanStep } from '../../replay/columnar/plan.ts'
import { type Engine, engines } from '../../replay/result/summary.ts'
import { type ListFormat, listFormats, resultFiles } from '../../replay/result/write.ts'
import { helpNotes } from '../help-notes.ts'
import { CliError, exitCodes, jsonOption, noteLine, printJson, printLine } from '../output.ts'
import { resultOrUsage } from '../result.ts'
import {
  addCorrectionOptions,
  addReadingOptions,
  addWindowOptions,
  type CorrectionOptions,
  correctionGiven,
  type ReadingOptions,
  readingOf,
  type WindowOptions,
  watchReading,
} from './loading.ts'
import { planLines } from './plan.ts'
import { blameLines, replaySummaryLines } from './report.ts'

type Options = CorrectionOptions &
  WindowOptions &
  ReadingOptions & {
    readonly out: string
    readonly format: ListFormat
    readonly engine: Engine
    readonly full?: boolean
    readonly explainPlan?: boolean
    readonly json?: boolean
  }

export const replayCommand = (): Command => {
  const command = new Command('replay').description(
    'Judges every recorded decision again on the evidence of its time: what the rules of the day said, what the corrected ' +
      'rules say of the corrected evidence, which bans were wrongful and why, who must be reinstated, and what needs human ' +
      'review. Requires either --ruleset or --correction.',
  )
  addCorrectionOptions(command)
    .addOption(new Option('--out <dir>', 'the folder for the result').makeOptionMandatory())
    .addOption(
      new Option('--format <format>', 'the format of the lists: ndjson, or csv for spreadsheets')
        .choices(listFormats)
        .default('ndjson'),
    )
  return addReadingOptions(addWindowOptions(command))
    .addOption(
      new Option(
        '--engine <engine>',
        'columnar reads the projections (redress project), and the ledger only for later events; reference reads the ledger alone. The result is the same',
      )
        .choices(engines)
        .default('columnar'),
    )
    .option(
      '--full',
      'judge everything; by default, the columnar engine keeps the result of the rules as they were in the data folder, and judges only the accounts that the correction can touch. The result is the same',
    )
    .option(
      '--explain-plan',
      'print the steps of the columnar engine on stderr: what each found, and its SQL',
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
Writes ${resultFiles('ndjson').join(', ')} to the folder; with --format csv the lists are .csv files with the same columns. The digest in the summary identifies this exact result: the same events, rulesets and correction reproduce it byte for byte.

Examples:
  redress replay --ruleset corrected.yaml --from 2025-04-28 --to 2025-05-13 --out result
  redress replay --correction correction.yaml --out result`),
    )
    .action(async (options: Options) => {
      const reading = readingOf(options)
      const { format, engine, full = false, explainPlan = false } = options
      if (explainPlan && (engine === 'reference' || reading.withoutDamaged)) {
        throw new CliError('--explain-plan needs the columnar engine', exitCodes.usage)
      }
      const correction = await correctionGiven(options)
      if (correction === null) {
        throw new CliError('give what to correct: --ruleset or --correction', exitCodes.usage)
      }
      const steps: PlanStep[] = []
      const { stop, ...watch } = watchReading(engine === 'columnar' ? 'Replaying' : 'Reading the ledger')
      const replayed = await replayLedger({
        ...reading,
        ...{ correction, engine, full, format, folder: options.out },
        onStep: (step) => steps.push(step),
        onReference: (reason) => noteLine(`redress: reading the ledger: ${reason}`),
        window: { from: options.from ?? null, to: options.to ?? null },
        ...watch,
      }).finally(stop)
      if (explainPlan) for (const line of steps.flatMap(planLines)) noteLine(line)
      const { summary, blame } = resultOrUsage(replayed)
      if (options.json === true) return printJson(summary)
      for (const line of replaySummaryLines(summary)) printLine(line)
      printLine()
      printLine('Blame')
      for (const line of blameLines(blame, 10)) printLine(line)
      printLine()
      printLine(`Written to ${options.out}: ${resultFiles(format).join(', ')}`)
    })
}
