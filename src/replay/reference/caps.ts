import type { Place } from '../../domain/order.ts'
import { memo } from '../../foundation/memo.ts'
import type { Truth } from '../../rulesets/ruleset.ts'
import type { PlacedDecision, PlacedFlag } from '../model/history.ts'
import { bansHolding } from './holding.ts'
import { isWrongful, type JudgementSoFar } from './judge.ts'
import type { JudgingContext } from './judging-context.ts'

const rank: Readonly<Record<Truth, number>> = { false: 0, unknown: 1, true: 2 }

/** The less true of two. */
export const lower = (a: Truth, b: Truth): Truth => (rank[a] <= rank[b] ? a : b)

/**
 * How true a flag may still be that exists because of decisions: as true as the truest of them leaves it, by the judgements
 * of the moment. For one pass through time: the flags that are asked about must not go back.
 */
export const capsBy = (
  { history, resting }: JudgingContext,
  byDecision: ReadonlyMap<string, JudgementSoFar>,
): ((flag: PlacedFlag) => Truth) => {
  const holding = memo((account: string) => bansHolding(history.accounts.get(account), history, byDecision))
  /** How true a decision leaves the flags that exist because of it, for a flag at `moment`. */
  const truthOfRoot = (root: string, moment: Place): Truth => {
    const judgement = byDecision.get(root)
    if (judgement !== undefined && isWrongful(judgement.class)) {
      return hadBanBeside(judgement.decision, moment) ? 'unknown' : 'false'
    }
    if (history.aftermathOf(root).isWithdrawn) return 'unknown'
    return judgement === undefined || !isUnsure(judgement) ? 'true' : 'unknown'
  }
  /** Whether another ban held the account at the moment, so that there was one to evade after all. */
  const hadBanBeside = (root: PlacedDecision, moment: Place): boolean => {
    for (const { decision } of holding(root.account).at(moment)) {
      if (decision !== root && !resting.restsOn(decision, root)) return true
    }
    return false
  }

  return (flag) => {
    let cap: Truth = 'false'
    for (const root of flag.data.becauseOf ?? []) {
      const truth = truthOfRoot(root, flag.place)
      if (rank[truth] > rank[cap]) cap = truth
      if (cap === 'true') break
    }
    return cap
  }
}

/** Whether what a decision is worth under A or B is unknown. */
export const isUnsure = ({ original, corrected }: JudgementSoFar): boolean =>
  original.verdict === 'unknown' || corrected.verdict === 'unknown'
