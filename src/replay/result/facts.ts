import { type Aftermath, isReversalOwed, lastRestriction } from '../../domain/aftermath.ts'
import { comparePlaces } from '../../domain/order.ts'
import type { Restriction } from '../../domain/parts.ts'
import { type History, isByHuman, type PlacedDecision, type PlacedFlag } from '../model/history.ts'
import { endOf } from '../reference/holding.ts'
import { isWrongful, type Judgement } from '../reference/judge.ts'
import type { Findings } from '../reference/judge-history.ts'
import { type JudgingContext, readCorrectedFor } from '../reference/judging-context.ts'
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
  const { decision, evidence, fallen, touched } = judgement
  const { context, missed, otherGroundsOf } = findings
  const { history } = context
  const aftermath = history.aftermathOf(decision.data.decisionId)
  const otherGrounds = otherGroundsOf(decision)
  // Checked in the order of `facts`, which is sorted.
  const found: Fact[] = []
  if (isAggravated(decision, aftermath)) found.push('aggravated')
  if (aftermath.isReversedForGood) found.push('already_reversed')
  if (answered(aftermath, 'upheld') && !answered(aftermath, 'reversed')) found.push('appeal_denied')
  if (history.appealPending.has(decision.data.decisionId)) found.push('appeal_pending')
  if (isAnyCascaded(fallen, context, decision)) found.push('cascaded')
  if (isChangeOwed(aftermath)) found.push('change_owed')
  if (isEased(judgement, aftermath)) found.push('eased')
  if (touched.rescored) found.push('evidence_rescored')
  if (touched.withdrawn) found.push('evidence_withdrawn')
  if (isAnyAfter(evidence.grounds, decision)) found.push('ground_after_decision')
  if (isByHuman(decision)) found.push('human_decided')
  if (isMissedSince(judgement, missed)) found.push('missed_since')
  if (otherGrounds.active) found.push('other_grounds_active')
  if (otherGrounds.unsettled) found.push('other_grounds_unsettled')
  if (isOver(decision, aftermath, history)) found.push('over')
  if (isReversalOwed(aftermath)) found.push('reinstatement_owed')
  return found
}

/** Whether nothing is left to reverse: a decision was reversed for good, or is over. */
export const isSettled = (decision: PlacedDecision, history: History): boolean => {
  const aftermath = history.aftermathOf(decision.data.decisionId)
  return aftermath.isReversedForGood || isOver(decision, aftermath, history)
}

/** A deactivation's restriction as last changed; null for a removal. */
export const restrictionNow = (
  decision: PlacedDecision,
  { aftermathOf }: Pick<History, 'aftermathOf'>,
): Restriction | null =>
  decision.kind === 'removal'
    ? null
    : lastRestriction(decision.data.restriction, aftermathOf(decision.data.decisionId))

const isAggravated = (decision: PlacedDecision, aftermath: Aftermath): boolean =>
  decision.kind === 'deactivation' &&
  severity(lastRestriction(decision.data.restriction, aftermath)) > severity(decision.data.restriction)

/** Softened since, to no more than the corrected rules ask for. */
const isEased = (judgement: Judgement, aftermath: Aftermath): boolean =>
  judgement.class === 'excessive' &&
  judgement.decision.kind === 'deactivation' &&
  severity(lastRestriction(judgement.decision.data.restriction, aftermath)) <=
    severity(judgement.corrected.restriction)

const isAnyCascaded = (
  flags: ReadonlyArray<PlacedFlag>,
  context: JudgingContext,
  decision: PlacedDecision,
): boolean => {
  if (flags.length === 0) return false
  const read = readCorrectedFor(context, decision)
  return flags.some((flag) => read(flag).cap === 'false')
}

const isAnyAfter = (flags: ReadonlyArray<PlacedFlag>, { place }: PlacedDecision): boolean =>
  flags.some((flag) => comparePlaces(flag.place, place) > 0)

const isMissedSince = (judgement: Judgement, missed: Findings['missed']): boolean => {
  const { decision } = judgement
  if (decision.kind !== 'deactivation' || !isWrongful(judgement.class)) return false
  const at = missed.get(decision.account)?.place
  return at !== undefined && comparePlaces(at, decision.place) > 0
}

const answered = ({ answers }: Aftermath, outcome: string): boolean =>
  answers.some((answer) => answer.outcome === outcome)

const isOver = (decision: PlacedDecision, aftermath: Aftermath, history: History): boolean => {
  const end = endOf(decision, aftermath)
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
