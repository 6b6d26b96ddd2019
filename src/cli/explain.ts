import { Command } from 'commander'
import { isInScope } from '../replay/model/history.ts'
import { explain } from '../replay/result/explain.ts'
import { judgeHistory } from '../replay/result/replay.ts'
import { explanationLines } from './explain-report.ts'
import {
  CliError,
  dataOption,
  jsonOption,
  type LedgerPlace,
  ledgerOption,
  printJson,
  printLine,
} from './output.ts'
import { atOption, loadForReplay, rulesetOption } from './replaying.ts'

type Options = LedgerPlace & {
  readonly ruleset: string
  readonly at?: number
  readonly json?: boolean
}

export const explainCommand = (): Command =>
  new Command('explain')
    .summary('show why a decision is judged as it is')
    .description(
      'Shows each flag in evidence for a decision with its condition, signals, truth, strikes and expiry under the\n' +
        'rules of the day (A) and the corrected ones (B), what the policies add up to, and the class that follows.',
    )
    .argument('<decision>', 'the decisionId')
    .addOption(rulesetOption())
    .addOption(atOption())
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  redress explain d-1029 --ruleset corrected.yaml')
    .action(async (decisionId: string, options: Options) => {
      const { history, corrected } = await loadForReplay(options, options.ruleset, {
        at: options.at ?? null,
        projected: false,
      })
      const decision = history.decisions.get(decisionId)
      if (decision === undefined) throw new CliError(`the ledger holds no decision ${decisionId}`)
      if (!isInScope(decision, corrected.id)) {
        throw new CliError(
          `the decision ${decisionId} was made under ${decision.data.ruleset?.id}, which a replay of ${corrected.id} does not judge`,
        )
      }
      const findings = judgeHistory(history, corrected)
      const judgement = findings.byDecision.get(decisionId)
      if (judgement === undefined) throw new CliError(`the decision ${decisionId} was not judged`)
      const explanation = explain(judgement, findings)
      if (options.json === true) printJson(explanation)
      else for (const line of explanationLines(explanation)) printLine(line)
    })
