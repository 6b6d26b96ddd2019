import type { PlacedFlag } from '../model/history.ts'
import { type JudgingContext, truthLeftBy } from './judging-context.ts'
import { strikesGiven } from './reading.ts'

/** Which flags may be at fault. */
export type IsSuspected = (flag: PlacedFlag) => boolean

/**
 * The suspected flags that still count, never voided, with strikes by the versions that they name, although B leaves them false:
 * with a few more they would have an account deactivated.
 */
export const falseStrikesIn = (
  context: JudgingContext,
  isSuspected: IsSuspected,
): ReadonlyArray<PlacedFlag> => {
  const { history, versions, corrected } = context
  const counts = (flag: PlacedFlag): boolean =>
    isSuspected(flag) &&
    history.voidedAt(flag) === undefined &&
    strikesGiven(flag, versions.named) > 0 &&
    truthLeftBy(context, corrected.rulesetAt(flag.place.at))(flag) === 'false'
  return [...history.flags.values().filter(counts)]
}
