import { type Aftermath, isReversalOwed, lastRestriction } from '../../domain/aftermath.ts'
import { comparePlaces } from '../../domain/order.ts'
import { type History, isByHuman, type PlacedDecision, type PlacedFlag } from '../model/history.ts'
import { endOf } from '../reference/holding.ts'
import { isWrongful, type Judgement } from '../reference/judge.ts'
import type { Findings } from '../reference/judge-history.ts'
import { readCorrectedFor } from '../reference/judging-context.ts'
import { severity } from '../reference/verdict.ts'

export const facts = [
  'aggravated',
  'already_reversed',
  'appeal_denied',
  'appeal_pending',
  'cascaded',
  'change_owed',
  'eased',
  'evidence_rescored',
  'evidence_withdrawn',
  'ground_after_decision',
  'human_decided',
  'missed_since',
  'other_grounds_active',
  'other_grounds_unsettled',
  'over',
  'reinstatement_owed',
] as const
/** What is also true of a decision, whatever its class. */
export type Fact = (typeof facts)[number]

/** The facts of a judged decision, sorted. */
export const factsOf = (judgement: Judgement, findings: Findings): ReadonlyArray<Fact> => {
  const { decision } = judgement
  const { history } = findings.context
  const readCorrected = readCorrectedFor(findings.context, decision)
  const otherGrounds = findings.otherGroundsOf(decision)
  const missedAt = findings.missed.get(decision.account)?.place
  const aftermath = history.aftermathOf(decision.data.decisionId)
  const holds: Readonly<Record<Fact, boolean>> = {
    human_decided: isByHuman(decision),
    ground_after_decision: judgement.evidence.grounds.some(
      (flag: PlacedFlag) => comparePlaces(flag.place, decision.place) > 0,
    ),
    cascaded: judgement.fallen.some((flag) => readCorrected(flag).cap === 'false'),
    already_reversed: aftermath.isReversedForGood,
    eased:
      judgement.class === 'excessive' &&
      restrictionNow(decision, aftermath) <= severity(judgement.corrected.restriction),
    aggravated:
      decision.kind === 'deactivation' &&
      restrictionNow(decision, aftermath) > severity(decision.data.restriction),
    evidence_withdrawn: judgement.touched.withdrawn,
    evidence_rescored: judgement.touched.rescored,
    over: isOver(decision, aftermath, history),
    appeal_pending: history.appealPending.has(decision.data.decisionId),
    appeal_denied: answered(aftermath, 'upheld') && !answered(aftermath, 'reversed'),
    reinstatement_owed: isReversalOwed(aftermath),
    change_owed: isChangeOwed(aftermath),
    other_grounds_active: otherGrounds.active,
    other_grounds_unsettled: otherGrounds.unsettled,
    missed_since:
      decision.kind === 'deactivation' &&
      isWrongful(judgement.class) &&
      missedAt !== undefined &&
      comparePlaces(missedAt, decision.place) > 0,
  }
  return facts.filter((fact) => holds[fact])
}

const answered = ({ answers }: Aftermath, outcome: string): boolean =>
  answers.some((answer) => answer.outcome === outcome)

const restrictionNow = (decision: PlacedDecision, aftermath: Aftermath): number =>
  decision.kind === 'deactivation' ? severity(lastRestriction(decision.data.restriction, aftermath)) : 0

const isOver = (decision: PlacedDecision, aftermath: Aftermath, history: History): boolean => {
  const end = endOf(decision, history)
  return (
    (end !== null && history.end !== null && end <= history.end) ||
    aftermath.reversals.some(({ reason }) => reason === 'expiry')
  )
}

/** An appeal called for a change (`modified`), and neither a change nor a reversal followed that answer. */
const isChangeOwed = ({ answers, changes, reversals }: Aftermath): boolean => {
  const modifiedAt = answers.findLast(({ outcome }) => outcome === 'modified')?.place
  return (
    modifiedAt !== undefined &&
    [changes.at(-1), reversals.at(-1)].every(
      (last) => last === undefined || comparePlaces(last.place, modifiedAt) <= 0,
    )
  )
}
