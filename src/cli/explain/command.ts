import { Command } from 'commander'
import { explainDecision } from '../../app/replay/explain.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { correctionOfRules } from '../../replay/correction/correction.ts'
import { dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { atOption, rulesetOption, watchReading } from '../replay/loading.ts'
import { resultOrFail } from '../result.ts'
import { readRuleset } from '../ruleset/file.ts'
import { explanationLines } from './report.ts'

type Options = LedgerPlace & {
  readonly ruleset?: string
  readonly at?: number
  readonly json?: boolean
}

export const explainCommand = (): Command =>
  new Command('explain')
    .description(
      'Shows the evidence for a decision: each flag with its condition, signals, verdict, strikes and expiry under the rules ' +
        'of the day (A), and the points that each policy counts. With --ruleset, also shows them under the corrected rules ' +
        '(B), and the resulting class.',
    )
    .argument('<decision>', 'the decisionId')
    .addOption(rulesetOption())
    .addOption(atOption())
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  redress explain d-1029\n  redress explain d-1029 --ruleset corrected.yaml',
    )
    .action(async (decisionId: string, options: Options) => {
      const correction =
        options.ruleset === undefined ? null : correctionOfRules(await readRuleset(options.ruleset))
      const { data, ledger, at = null } = options
      const { stop, ...watch } = watchReading(false)
      const explained = await explainDecision({ data, ledger, correction, at, decisionId, ...watch }).finally(
        stop,
      )
      const explanation = resultOrFail(explained)
      if (options.json === true) printJson(explanation)
      else for (const line of explanationLines(explanation)) printLine(line)
    })
