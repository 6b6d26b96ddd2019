import { memo } from '../../foundation/memo.ts'
import {
  type AccountHistory,
  contentKey,
  type History,
  isInScope,
  type PlacedDecision,
} from '../model/history.ts'
import { endOf } from './holding.ts'
import type { JudgementSoFar } from './judge.ts'
import type { JudgingContext } from './judging-context.ts'

/** Whether other decisions hold the same account or content as a decision, without resting on it. */
export type OtherGrounds = { readonly active: boolean; readonly unsettled: boolean }

/** Decisions of one account that hold the same thing and are still in effect. */
type Group = { readonly all: ReadonlySet<PlacedDecision>; readonly first: ReadonlyArray<PlacedDecision> }

const empty: Group = { all: new Set(), first: [] }

/** Answers for any judged decision. */
export const indexOtherGrounds = (
  context: JudgingContext,
  byDecision: ReadonlyMap<string, JudgementSoFar>,
): ((decision: PlacedDecision) => OtherGrounds) => {
  const inAccount = memo((account: AccountHistory) => groundsIn(account, context, byDecision))
  return (decision) => {
    const account = context.history.accounts.get(decision.account)
    // Most accounts have only one decision.
    return account === undefined || account.decisions.length < 2 ? nothing : inAccount(account)(decision)
  }
}

const nothing: OtherGrounds = { active: false, unsettled: false }

const groundsIn = (
  account: AccountHistory,
  { history, corrected, resting }: JudgingContext,
  byDecision: ReadonlyMap<string, JudgementSoFar>,
): ((decision: PlacedDecision) => OtherGrounds) => {
  const standing = Map.groupBy(
    account.decisions.filter((decision) => isInEffect(decision, history)),
    (decision) => statusOf(decision, corrected.id, byDecision),
  )
  const groupsOf = (status: Status): ReadonlyMap<string, Group> =>
    new Map(
      [...Map.groupBy(standing.get(status) ?? [], heldBy)].map(([held, decisions]) => [
        held,
        { all: new Set(decisions), first: resting.firstOf(decisions) },
      ]),
    )
  const active = groupsOf('active')
  const unsettled = groupsOf('unsettled')
  const rootsOf = memo(resting.rootsOf)

  /**
   * Whether one of a group, other than the decision, does not rest on it. Checking the first ones is enough: whatever rests
   * on none of those that do is among them, and two first ones of a group never rest on each other.
   */
  const alsoHolds = (decision: PlacedDecision, { all, first }: Group): boolean => {
    if (!all.has(decision)) return first.some((other) => !rootsOf(other).has(decision))
    const [one, another] = first
    return another !== undefined || (one !== undefined && one !== decision && !resting.restsOn(one, decision))
  }
  return (decision) => {
    const held = heldBy(decision)
    return {
      active: alsoHolds(decision, active.get(held) ?? empty),
      unsettled: alsoHolds(decision, unsettled.get(held) ?? empty),
    }
  }
}

/** What a decision holds. */
const heldBy = (decision: PlacedDecision): string =>
  decision.kind === 'removal' ? contentKey(decision.data.content) : ''

/** Neither reversed nor withdrawn, and not over. */
const isInEffect = (decision: PlacedDecision, history: Pick<History, 'aftermathOf' | 'end'>): boolean => {
  const aftermath = history.aftermathOf(decision.data.decisionId)
  if (aftermath.reversals.length > 0 || aftermath.isWithdrawn) return false
  const end = endOf(decision, aftermath)
  return end === null || history.end === null || end > history.end
}

type Status = 'active' | 'unsettled' | 'none'

const statusOf = (
  decision: PlacedDecision,
  rulesetId: string,
  byDecision: ReadonlyMap<string, JudgementSoFar>,
): Status => {
  const judgement = byDecision.get(decision.data.decisionId)
  if (judgement === undefined || !isInScope(decision, rulesetId)) return 'active'
  if (judgement.original.verdict === 'unknown' || judgement.corrected.verdict === 'unknown')
    return 'unsettled'
  return judgement.corrected.verdict === 'act' ? 'active' : 'none'
}
