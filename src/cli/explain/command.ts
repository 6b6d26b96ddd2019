import { Command } from 'commander'
import { explainDecision } from '../../app/replay/explain.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import {
  addCorrectionOptions,
  atOption,
  type CorrectionOptions,
  correctionGiven,
  watchReading,
} from '../replay/loading.ts'
import { resultOrFail } from '../result.ts'
import { explanationLines } from './report.ts'

type Options = LedgerPlace &
  CorrectionOptions & {
    readonly at?: number
    readonly json?: boolean
  }

export const explainCommand = (): Command =>
  addCorrectionOptions(
    new Command('explain')
      .description(
        'Shows the evidence for a decision: each flag with its condition, signals, verdict, strikes and expiry under the rules ' +
          'of the day (A), and the points that each policy counts. With --ruleset or --correction, also shows them under the ' +
          'corrected rules (B), what the correction makes of each flag, and the resulting class.',
      )
      .argument('<decision>', 'the decisionId'),
  )
    .addOption(atOption())
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  redress explain d-1029\n  redress explain d-1029 --ruleset corrected.yaml\n  redress explain d-1029 --correction correction.yaml',
    )
    .action(async (decisionId: string, options: Options) => {
      const correction = await correctionGiven(options)
      const { data, ledger, at = null } = options
      const { stop, ...watch } = watchReading()
      const explained = await explainDecision({ data, ledger, correction, at, decisionId, ...watch }).finally(
        stop,
      )
      const explanation = resultOrFail(explained)
      if (options.json === true) printJson(explanation)
      else for (const line of explanationLines(explanation)) printLine(line)
    })
