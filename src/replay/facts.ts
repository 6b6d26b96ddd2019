import { comparePlaces, compareUtf8, type Place } from '../domain/order.ts'
import { type Aftermath, lastRestriction, reversedForGood, withdrawn } from './aftermath.ts'
import { endOf, rootsOf } from './cascade.ts'
import { contentKey, type Decision, type Flag, type History } from './history.ts'
import { isByHuman, isInScope, isWrongful, type Judgement } from './judge.ts'
import { severity } from './verdict.ts'

export const facts = [
  'aggravated',
  'already_reversed',
  'appeal_denied',
  'appeal_pending',
  'cascaded',
  'change_owed',
  'eased',
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

/** What the facts of one decision are told from. */
export type Circumstances = {
  readonly history: History
  readonly rulesetId: string
  readonly byDecision: ReadonlyMap<string, Judgement>
  /** Its fallen flags, and which of them fell by a cascade. */
  readonly fallenByCascade: boolean
  /** When its account was missed, if it was. */
  readonly missedAt: Place | undefined
}

/** The facts of a judged decision, sorted. */
export const factsOf = (judgement: Judgement, circumstances: Circumstances): ReadonlyArray<Fact> => {
  const { decision } = judgement
  const { history } = circumstances
  const aftermath = history.aftermathOf(decision.data.decisionId)
  const others = otherGrounds(decision, circumstances)
  const holds: Readonly<Record<Fact, boolean>> = {
    human_decided: isByHuman(decision),
    ground_after_decision: judgement.evidence.grounds.some(
      (flag: Flag) => comparePlaces(flag.place, decision.place) > 0,
    ),
    cascaded: circumstances.fallenByCascade,
    already_reversed: reversedForGood(aftermath),
    eased:
      judgement.class === 'excessive' &&
      restrictionNow(decision, aftermath) <= severity(judgement.corrected.restriction),
    aggravated:
      decision.kind === 'deactivation' &&
      restrictionNow(decision, aftermath) > severity(decision.data.restriction),
    over: isOver(decision, aftermath, history),
    appeal_pending: aftermath.filingsAnswered.includes(false),
    appeal_denied: answered(aftermath, 'upheld') && !answered(aftermath, 'reversed'),
    reinstatement_owed: answered(aftermath, 'reversed') && !reversedForGood(aftermath),
    change_owed: isChangeOwed(aftermath),
    other_grounds_active: others.active,
    other_grounds_unsettled: others.unsettled,
    missed_since:
      decision.kind === 'deactivation' &&
      isWrongful(judgement.class) &&
      circumstances.missedAt !== undefined &&
      comparePlaces(circumstances.missedAt, decision.place) > 0,
  }
  return facts.filter((fact) => holds[fact])
}

const answered = ({ answers }: Aftermath, outcome: string): boolean =>
  answers.some((answer) => answer.outcome === outcome)

const restrictionNow = (decision: Decision, aftermath: Aftermath): number =>
  decision.kind === 'deactivation' ? severity(lastRestriction(decision.data.restriction, aftermath)) : 0

const isOver = (decision: Decision, aftermath: Aftermath, history: History): boolean => {
  const end = endOf(decision, history)
  return (
    (end !== null && history.end !== null && end <= history.end) ||
    aftermath.reversals.some(({ reason }) => reason === 'expiry')
  )
}

/** An appeal asked for a change (`modified`), and neither a change nor a reversal came after that answer. */
const isChangeOwed = ({ answers, changes, reversals }: Aftermath): boolean =>
  answers.some(
    (answer) =>
      answer.outcome === 'modified' &&
      ![...changes, ...reversals].some(({ place }) => comparePlaces(place, answer.place) > 0),
  )

/** Whether something else still holds the account, or the content, down. */
const otherGrounds = (
  decision: Decision,
  { history, rulesetId, byDecision }: Circumstances,
): { active: boolean; unsettled: boolean } => {
  let active = false
  let unsettled = false
  for (const other of history.accounts.get(decision.account)?.decisions ?? []) {
    if (other === decision || !holdsTheSame(other, decision)) continue
    const aftermath = history.aftermathOf(other.data.decisionId)
    if (aftermath.reversals.length > 0 || withdrawn(aftermath)) continue
    const end = endOf(other, history)
    if (end !== null && history.end !== null && end <= history.end) continue
    if (rootsOf(other, history).has(decision.data.decisionId)) continue
    const judgement = byDecision.get(other.data.decisionId)
    if (judgement === undefined || !isInScope(other, rulesetId)) active = true
    else if (judgement.original.verdict === 'unknown' || judgement.corrected.verdict === 'unknown')
      unsettled = true
    else if (judgement.corrected.verdict === 'act') active = true
  }
  return { active, unsettled }
}

const holdsTheSame = (other: Decision, decision: Decision): boolean =>
  decision.kind === 'removal'
    ? other.kind === 'removal' && contentKey(other.data.content) === contentKey(decision.data.content)
    : other.kind === 'deactivation'

export const sortedFlagIds = (flags: ReadonlyArray<Flag>): ReadonlyArray<string> =>
  flags.map(({ data }) => data.flagId).sort(compareUtf8)
