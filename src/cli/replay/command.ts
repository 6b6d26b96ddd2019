import { Command, Option } from 'commander'
import { checkIncident, type ForIncident, recordReplay } from '../../app/replay/record.ts'
import { replayLedger } from '../../app/replay/replay.ts'
import { type ListFormat, listFormats, resultFiles } from '../../replay/result/write.ts'
import { helpNotes } from '../help-notes.ts'
import { acceptClockOption, CliError, exitCodes, jsonOption, printJson, printLine } from '../output.ts'
import { resultOrFail, resultOrUsage } from '../result.ts'
import { addEngineOptions, type JudgingOptions, judgingWith } from './engine.ts'
import {
  addCorrectionOptions,
  addReadingOptions,
  addWindowOptions,
  type CorrectionOptions,
  correctionGiven,
} from './loading.ts'
import { blameLines, replaySummaryLines } from './report.ts'

type Options = CorrectionOptions &
  JudgingOptions & {
    readonly sweep?: string
    readonly out?: string
    readonly incident?: string
    readonly by?: string
    readonly acceptClock?: boolean
    readonly format: ListFormat
    readonly json?: boolean
  }

export const replayCommand = (): Command => {
  const command = new Command('replay').description(
    'Judges every recorded decision again on the evidence of its time: what the rules of the day said, what the corrected ' +
      'rules say of the corrected evidence, which bans were wrongful and why, who must be reinstated, and what needs human ' +
      'review. Requires --out and either --ruleset or --correction; or --sweep, which tries many thresholds and counts.',
  )
  addCorrectionOptions(command)
    .addOption(
      new Option(
        '--sweep <thresholds>',
        "RULE: signals.NAME >= FROM..TO step STEP: judge everything with each of these numbers in the place of the rule's own, in the ruleset of --ruleset (default: the one in force), and count what is upheld, wrongful, indeterminate and missed",
      ).conflicts(['correction', 'format']),
    )
    .option('--out <dir>', 'the folder for the result; with --sweep it is optional')
    .addOption(
      new Option('--incident <id>', 'record the digest in this incident; requires --by').conflicts([
        'sweep',
        'from',
        'to',
        'withoutDamaged',
      ]),
    )
    .addOption(new Option('--by <name>', 'who replays it, for --incident').env('REDRESS_BY'))
    .addOption(acceptClockOption())
    .addOption(
      new Option('--format <format>', 'the format of the lists: ndjson, or csv for spreadsheets')
        .choices(listFormats)
        .default('ndjson'),
    )
  addEngineOptions(addReadingOptions(addWindowOptions(command)))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
Writes ${resultFiles('ndjson').join(', ')} to the folder; with --format csv the lists are .csv files with the same columns. The digest in the summary identifies this exact result: the same events, rulesets and correction reproduce it byte for byte. With --sweep it writes sweep.csv, sweep.svg and sweep.json instead.

Examples:
  redress replay --ruleset corrected.yaml --from 2025-04-28 --to 2025-05-13 --out result
  redress replay --correction correction.yaml --out result
  redress replay --sweep 'adult.explicit: signals.adult_score >= 0.60..0.99 step 0.01'`),
    )
    .action(async (options: Options) => {
      const { sweep } = options
      if (sweep === undefined) return runReplay(options)
      // Only a sweep needs the library that draws.
      const { runSweep } = await import('./sweep.ts')
      return runSweep({ ...options, sweep })
    })
  return command
}

const runReplay = async (options: Options): Promise<void> => {
  const { format, out } = options
  if (out === undefined) throw new CliError('give the folder for the result: --out', exitCodes.usage)
  const correction = await correctionGiven(options)
  if (correction === null) {
    throw new CliError('give what to correct: --ruleset or --correction', exitCodes.usage)
  }
  const forIncident = incidentOf(options)
  if (forIncident !== null) resultOrUsage(await checkIncident(forIncident))
  const { summary, blame } = await judgingWith(options, (judging) =>
    replayLedger({ ...judging, correction, format, folder: out }),
  )
  const recorded = forIncident === null ? null : resultOrFail(await recordReplay(forIncident, summary))
  if (options.json === true) return printJson(summary)
  for (const line of replaySummaryLines(summary)) printLine(line)
  printLine()
  printLine('Blame')
  for (const line of blameLines(blame, 10)) printLine(line)
  printLine()
  if (recorded === 'recorded') printLine(`Recorded in incident ${options.incident}`)
  if (recorded === 'unchanged') printLine(`Incident ${options.incident} has this result already`)
  printLine(`Written to ${out}: ${resultFiles(format).join(', ')}`)
}

const incidentOf = ({ incident, by, data, ledger, acceptClock }: Options): ForIncident | null => {
  if (incident === undefined) return null
  if (by === undefined) throw new CliError('--incident requires --by', exitCodes.usage)
  return { data, ledger, acceptClock, clock: Date.now, incidentId: incident, by }
}
