import type { Ruleset, Truth } from '../../rulesets/ruleset.ts'
import { type History, isOfRuleset, type PlacedDecision, type PlacedFlag } from '../model/history.ts'
import type { Versions } from '../model/versions.ts'
import type { EvidenceOf } from './corrected-evidence.ts'
import type { JudgingRules } from './judging-rules.ts'
import type { Read } from './reading.ts'
import type { Resting } from './resting.ts'
import { lower } from './truth.ts'

/** What judging by the rules of the day needs to know. */
export type DayContext = {
  readonly history: History
  readonly versions: Versions
  /** How A reads flags for a decision that is judged by `own`. */
  readonly readOfTheDay: (own: Ruleset) => Read
}

/** What judging needs to know. */
export type JudgingContext = DayContext & {
  readonly resting: Resting
  /** The evidence as B takes it. */
  readonly evidenceOf: EvidenceOf
  /** The rules of B; how they read flags includes the cascades found so far. */
  readonly corrected: JudgingRules
}

/** How B reads the flags in evidence for a decision. */
export const readCorrectedFor = ({ corrected }: JudgingContext, decision: PlacedDecision): Read =>
  corrected.read(corrected.rulesetFor(decision))

/**
 * How true B leaves flags for what is judged by `own`: of those that no rule of this ruleset's id can judge, it says nothing, so
 * that only withdrawals and cascades count.
 */
export const truthLeftBy = (
  { corrected, evidenceOf }: JudgingContext,
  own: Ruleset | undefined,
): ((flag: PlacedFlag) => Truth) => {
  const read = corrected.read(own)
  return (flag) => {
    const { truth, cap } = read(flag)
    const isJudgeable = flag.data.rule !== undefined && isOfRuleset(flag, corrected.id)
    return isJudgeable ? truth : lower(cap, evidenceOf(flag).limit)
  }
}
