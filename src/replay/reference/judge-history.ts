import { type Correction, rulesetIdOf } from '../correction/correction.ts'
import type { History, PlacedDecision } from '../model/history.ts'
import { indexVersions } from '../model/versions.ts'
import { judgeAll } from './cascade.ts'
import { correctedEvidence } from './corrected-evidence.ts'
import { fallenIn } from './fallen.ts'
import type { Judgement } from './judge.ts'
import type { JudgingContext } from './judging-context.ts'
import { judgingRules } from './judging-rules.ts'
import { type Missed, missedIn } from './missed.ts'
import { indexOtherGrounds, type OtherGrounds } from './other-grounds.ts'
import { readUnderRulesOfTheDay } from './reading.ts'
import { indexResting } from './resting.ts'
import { touchedIn } from './touched.ts'

/** Everything found by judging a history. */
export type Findings = {
  readonly context: JudgingContext
  readonly byDecision: ReadonlyMap<string, Judgement>
  readonly otherGroundsOf: (decision: PlacedDecision) => OtherGrounds
  /** By account. */
  readonly missed: ReadonlyMap<string, Missed>
}

/**
 * Judges every decision in scope: what the rules of the day said, what the corrected rules say of the corrected evidence,
 * all cascades, what fell, and which accounts were missed. Pure: the same history and correction give the same findings.
 */
export const judgeHistory = (history: History, correction: Correction): Findings => {
  const versions = indexVersions(history.versions)
  const evidenceOf = correctedEvidence(history, correction)
  const readOfTheDay = readUnderRulesOfTheDay(rulesetIdOf(correction), versions)
  const judged = judgeAll({
    history,
    versions,
    resting: indexResting(history),
    readOfTheDay,
    evidenceOf,
    corrected: judgingRules(correction, versions, evidenceOf, readOfTheDay),
  })
  const { context } = judged
  const byDecision = new Map<string, Judgement>()
  const missed = new Map<string, Missed>()
  for (const account of history.accounts.values()) {
    const fallenOf = fallenIn(account, context)
    const touchedOf = touchedIn(account, context)
    for (const { data } of account.decisions) {
      const judgement = judged.byDecision.get(data.decisionId)
      if (judgement === undefined) continue
      byDecision.set(data.decisionId, {
        decision: judgement.decision,
        evidence: judgement.evidence,
        versionOfTheDay: judgement.versionOfTheDay,
        original: judgement.original,
        actedOfTheDay: judgement.actedOfTheDay,
        corrected: judgement.corrected,
        class: judgement.class,
        fallen: fallenOf(judgement),
        touched: touchedOf(judgement),
      })
    }
    const found = missedIn(account, context, judged.byDecision)
    if (found !== undefined) missed.set(account.account, found)
  }
  return { context, byDecision, otherGroundsOf: indexOtherGrounds(context, byDecision), missed }
}
