import * as E from '#fp/Either'
import { type Correction, rulesetIdOf } from '../../replay/correction/correction.ts'
import { type History, isInScope, type PlacedDecision } from '../../replay/model/history.ts'
import { judgeHistory } from '../../replay/reference/judge-history.ts'
import {
  type Explanation,
  type ExplanationOfTheDay,
  explain,
  explainOfTheDay,
} from '../../replay/result/explain.ts'
import { type AppError, failed, invalid, notFound } from '../error.ts'
import { loadForReplay, type OnRead, type ReplayLoadOptions } from './load.ts'

export type ExplainOptions = Omit<ReplayLoadOptions, 'withoutDamaged'> & {
  readonly decisionId: string
  readonly onRead: OnRead
}

/** Explains one decision's judgement: under a correction, or only under the rules of the day. */
export const explainDecision = async ({
  decisionId,
  onRead,
  ...reading
}: ExplainOptions): Promise<E.Either<AppError, Explanation | ExplanationOfTheDay>> => {
  const loaded = await loadForReplay({ ...reading, withoutDamaged: false })
  if (E.isLeft(loaded)) return loaded
  const { history, cut } = loaded.right
  onRead(cut)
  const decision = history.decisions.get(decisionId)
  if (decision === undefined) return notFound(`the ledger has no decision ${decisionId}`)
  return reading.correction === null
    ? ofTheDay(decision, history)
    : underCorrection(decision, history, reading.correction)
}

const ofTheDay = (decision: PlacedDecision, history: History): E.Either<AppError, ExplanationOfTheDay> => {
  const explanation = explainOfTheDay(decision, history)
  if (E.isRight(explanation)) return explanation
  const inForce = explanation.left.length === 0 ? 'none was' : `${explanation.left.join(', ')} were`
  return invalid(
    `the decision ${decision.data.decisionId} names no ruleset, and ${inForce} in force then; give one`,
    'ruleset',
  )
}

const underCorrection = (
  decision: PlacedDecision,
  history: History,
  correction: Correction,
): E.Either<AppError, Explanation> => {
  const { decisionId, ruleset } = decision.data
  const rulesetId = rulesetIdOf(correction)
  if (!isInScope(decision, rulesetId)) {
    const made = `the decision ${decisionId} was made under ${ruleset?.id}, which a replay of ${rulesetId} does not judge`
    return correction.document === null
      ? invalid(`${made}; give a version of ${ruleset?.id}`, 'ruleset')
      : invalid(`${made}; give a correction of ${ruleset?.id}`, 'correction')
  }
  const findings = judgeHistory(history, correction)
  const judgement = findings.byDecision.get(decisionId)
  if (judgement === undefined) return failed(`the decision ${decisionId} was not judged`)
  return E.right(explain(judgement, findings))
}
