import type { Place } from '../../domain/order.ts'
import { memo } from '../../foundation/memo.ts'
import type { Truth } from '../../rulesets/ruleset.ts'
import type { PlacedDecision, PlacedFlag } from '../model/history.ts'
import { bansHolding } from './holding.ts'
import { isWrongful, type JudgementSoFar } from './judge.ts'
import type { JudgingContext } from './judging-context.ts'
import { higher } from './truth.ts'

/**
 * Caps the truth of a flag that exists because of decisions: it can be as true as the truest of them allows, by the current
 * judgements. For one pass through time: flags must be passed in order.
 */
export const capsBy = (
  { history, resting }: JudgingContext,
  byDecision: ReadonlyMap<string, JudgementSoFar>,
): ((flag: PlacedFlag) => Truth) => {
  const holding = memo((account: string) => bansHolding(history.accounts.get(account), history, byDecision))
  /** How true a decision allows a flag at `moment` to be that exists because of it. */
  const truthOfRoot = (root: string, moment: Place): Truth => {
    const judgement = byDecision.get(root)
    if (judgement !== undefined && isWrongful(judgement.class)) {
      return hadOtherBan(judgement.decision, moment) ? 'unknown' : 'false'
    }
    if (history.aftermathOf(root).isWithdrawn) return 'unknown'
    return judgement === undefined || !isUncertain(judgement) ? 'true' : 'unknown'
  }
  /** Whether another ban held the account at that moment, so that there was one to evade after all. */
  const hadOtherBan = (root: PlacedDecision, moment: Place): boolean => {
    for (const { decision } of holding(root.account).at(moment)) {
      if (decision !== root && !resting.restsOn(decision, root)) return true
    }
    return false
  }

  return (flag) => {
    let cap: Truth = 'false'
    for (const root of flag.data.becauseOf ?? []) {
      cap = higher(cap, truthOfRoot(root, flag.place))
      if (cap === 'true') break
    }
    return cap
  }
}

/** Whether the verdict of A or B on a decision is unknown. */
export const isUncertain = ({ original, corrected }: JudgementSoFar): boolean =>
  original.verdict === 'unknown' || corrected.verdict === 'unknown'
