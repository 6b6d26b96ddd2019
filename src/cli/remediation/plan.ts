import { Command, InvalidArgumentError, Option } from 'commander'
import * as E from '#fp/Either'
import { planRemediation } from '../../app/remediation/plan.ts'
import type {
  ConditionalException,
  ListedException,
} from '../../incidents/remediation/exceptions/exception.ts'
import { parseExceptions } from '../../incidents/remediation/exceptions/exceptions-file.ts'
import { parseWaves, type WaveStep } from '../../incidents/remediation/plan/waves.ts'
import type { Engine } from '../../replay/result/summary.ts'
import { type ActOptions, actOf, addActOptions } from '../act-options.ts'
import { helpNotes } from '../help-notes.ts'
import { CliError, exitCodes, printJson, printLine, wholeNumber } from '../output.ts'
import { startProgress } from '../progress.ts'
import { engineOption, judgingWith } from '../replay/engine.ts'
import { addCorrectionOptions, type CorrectionOptions, correctionGiven } from '../replay/loading.ts'
import { readEntries } from './entries.ts'
import { plannedLines } from './planned-lines.ts'

type Options = ActOptions &
  CorrectionOptions & {
    readonly incident: string
    readonly except?: string
    readonly exceptWhere?: string
    readonly reason?: string
    readonly allowUnknown?: boolean
    readonly sample: number
    readonly waves: ReadonlyArray<WaveStep>
    readonly engine: Engine
  }

const WAVES = '10,100,1%,10%,100%'

export const remediationPlanCommand = (): Command => {
  const command = new Command('plan')
    .summary('plan what is put back for an incident')
    .description(
      'Replays the ledger under a correction, and plans from it for each account what is reversed, which false strikes are voided, ' +
        'what goes to a person, what is left out on purpose, and in which wave; and draws the sample that people judge. Requires ' +
        '--ruleset or --correction.',
    )
    .requiredOption('--incident <id>', 'the incident')
  addCorrectionOptions(command)
    .option(
      '--except <file>',
      'leave these out: NDJSON of {"account": "a1", "reason": "..."} or {"decisionId": "d1", "reason": "..."}',
    )
    .option(
      '--except-where <condition>',
      'leave out the rows for which this is true, in CEL over row.account, row.kind, row.class and row.restriction; requires --reason',
    )
    .option('--reason <text>', 'why, for --except-where; it is never sealed, so put no personal data in it')
    .option('--allow-unknown', 'accept exceptions that name no row of the plan')
    .addOption(
      new Option('--sample <decisions>', 'how many decisions two people judge before the plan is approved')
        .argParser(wholeNumber(1))
        .default(300),
    )
    .addOption(
      new Option('--waves <steps>', 'how many accounts are put back by the end of each wave')
        .argParser(wavesArgument)
        .default(wavesArgument(WAVES), WAVES),
    )
    .addOption(engineOption())
  return addActOptions(command, 'who plans')
    .addHelpText(
      'after',
      helpNotes(`
Exit code: 0 planned, 1 refused by a rule, 2 failed.

Examples:
  redress remediation plan --incident 3b1f9ac04d52 --correction correction.yaml --by ana
  redress remediation plan --incident 3b1f9ac04d52 --ruleset corrected.yaml --except holds.ndjson --by ana
  redress remediation plan --incident 3b1f9ac04d52 --ruleset corrected.yaml \\
    --except-where 'row.kind == "removal"' --reason 'content is restored by hand' --by ana`),
    )
    .action(run)
}

const wavesArgument = (text: string): ReadonlyArray<WaveStep> => {
  const waves = parseWaves(text)
  if (E.isLeft(waves)) throw new InvalidArgumentError(waves.left)
  return waves.right
}

const run = async (options: Options): Promise<void> => {
  const { incident, sample, waves, engine, allowUnknown = false, json } = options
  const correction = await correctionGiven(options)
  if (correction === null) {
    throw new CliError('give what to correct: --ruleset or --correction', exitCodes.usage)
  }
  const except = await exceptionsIn(options)
  const exceptWhere = conditionIn(options)
  const act = actOf(options)
  let planning: ReturnType<typeof startProgress> | undefined
  const planned = await judgingWith({ ...act, engine }, (judging) =>
    planRemediation({
      ...judging,
      ...act,
      ...{ incidentId: incident, correction, except, exceptWhere, allowUnknown, sample, waves },
      onPlanning: (done, total) => {
        planning ??= startProgress('Planning', total, 'accounts')
        planning.update(done)
      },
    }),
  ).finally(() => planning?.stop())
  if (json === true) return printJson(planned)
  for (const line of plannedLines(planned)) printLine(line)
}

const exceptionsIn = async ({ except }: Options): Promise<ReadonlyArray<ListedException>> =>
  except === undefined ? [] : readEntries(except, parseExceptions)

const conditionIn = ({ exceptWhere, reason }: Options): ConditionalException | null => {
  if ((exceptWhere === undefined) !== (reason === undefined)) {
    throw new CliError('--except-where and --reason go together', exitCodes.usage)
  }
  return exceptWhere === undefined || reason === undefined ? null : { where: exceptWhere, reason }
}
