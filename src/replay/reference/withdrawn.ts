import type { Truth } from '../../rulesets/ruleset.ts'
import type { Withdrawal } from '../correction/correction.ts'
import { isOfRuleset, type PlacedFlag, type PlacedRescoring } from '../model/history.ts'
import { evidenceOver, isInWindow } from './rescored.ts'

/** What a withdrawal does to a flag. */
export type WithdrawalOnFlag = {
  readonly withdrawal: Withdrawal
  /** Whether the flag is certainly in it: what was recorded may not be enough to evaluate the condition. */
  readonly certain: boolean
  /** The most that it leaves the flag: `unknown` unless the flag is certainly in it and it says `false`. */
  readonly leaves: 'unknown' | 'false'
  /** The flag was rescored, which settles what this withdrawal left unknown: it does not touch the flag. */
  readonly answered: boolean
}

/** The withdrawals that a flag is in, or may be in; in their order. */
export const withdrawalsOn = (
  flag: PlacedFlag,
  rescoring: PlacedRescoring | null,
  withdrawals: ReadonlyArray<Withdrawal>,
  rulesetId: string,
): ReadonlyArray<WithdrawalOnFlag> => {
  const found: WithdrawalOnFlag[] = []
  for (const withdrawal of withdrawals) {
    if (!isInWindow(flag.place.at, withdrawal)) continue
    const isIn = membership(flag, withdrawal)
    if (isIn === 'false') continue
    const certain = isIn === 'true'
    const leaves = certain ? withdrawal.truth : 'unknown'
    const answered =
      leaves === 'unknown' &&
      rescoring !== null &&
      canBeRescored(flag, rulesetId) &&
      isSettledBy(rescoring, flag, withdrawal)
    found.push({ withdrawal, certain, leaves, answered })
  }
  return found
}

/** Whether a rescoring of a flag is read at all: a human's flag is true whatever a detector finds, and another needs a rule. */
export const canBeRescored = (flag: PlacedFlag, rulesetId: string): boolean =>
  flag.data.detector.kind !== 'human' && flag.data.rule !== undefined && isOfRuleset(flag, rulesetId)

/** Whether some rescoring could settle what a withdrawal does to a flag. */
export const canBeSettled = ({ withdrawal: { of } }: WithdrawalOnFlag): boolean =>
  of.kind === 'flags' || of.readsFinding

const membership = (flag: PlacedFlag, { of }: Withdrawal): Truth =>
  of.kind === 'where'
    ? of.condition(evidenceOver(flag, flag.data))
    : of.flagIds.has(flag.data.flagId)
      ? 'true'
      : 'false'

const isSettledBy = ({ data }: PlacedRescoring, flag: PlacedFlag, { of }: Withdrawal): boolean =>
  of.kind === 'flags' || of.condition(evidenceOver(flag, data)) === 'false'
