import { Command } from 'commander'
import * as E from '#fp/Either'
import type { LedgerPlace } from '../../app/stores.ts'
import { type History, isInScope, type PlacedDecision } from '../../replay/model/history.ts'
import { judgeHistory } from '../../replay/reference/judge-history.ts'
import {
  type Explanation,
  type ExplanationOfTheDay,
  explain,
  explainOfTheDay,
} from '../../replay/result/explain.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { CliError, dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { atOption, loadOrFail, rulesetOption } from '../replay/loading.ts'
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
      'Shows each flag in evidence for a decision with its condition, signals, truth, strikes and expiry under the ' +
        'rules of the day (A), and what the policies add up to; with --ruleset also under the corrected rules (B), ' +
        'and the class that follows.',
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
      const corrected = options.ruleset === undefined ? null : await readRuleset(options.ruleset)
      const { history } = await loadOrFail(options, corrected, {
        at: options.at ?? null,
        projected: false,
      })
      const decision = history.decisions.get(decisionId)
      if (decision === undefined) throw new CliError(`the ledger holds no decision ${decisionId}`)
      const explanation =
        corrected === null ? ofTheDay(decision, history) : underCorrected(decision, history, corrected)
      if (options.json === true) printJson(explanation)
      else for (const line of explanationLines(explanation)) printLine(line)
    })

const ofTheDay = (decision: PlacedDecision, history: History): ExplanationOfTheDay => {
  const explanation = explainOfTheDay(decision, history)
  if (E.isRight(explanation)) return explanation.right
  const inForce = explanation.left.length === 0 ? 'none was' : `${explanation.left.join(', ')} were`
  throw new CliError(
    `the decision ${decision.data.decisionId} names no ruleset, and ${inForce} in force then; give one with --ruleset`,
  )
}

const underCorrected = (decision: PlacedDecision, history: History, corrected: Ruleset): Explanation => {
  const { decisionId, ruleset } = decision.data
  if (!isInScope(decision, corrected.id)) {
    throw new CliError(
      `the decision ${decisionId} was made under ${ruleset?.id}, which a replay of ${corrected.id} does not judge`,
    )
  }
  const findings = judgeHistory(history, corrected)
  const judgement = findings.byDecision.get(decisionId)
  if (judgement === undefined) throw new CliError(`the decision ${decisionId} was not judged`)
  return explain(judgement, findings)
}
