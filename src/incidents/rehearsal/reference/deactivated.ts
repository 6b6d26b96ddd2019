import type { AccountHistory, History } from '../../../replay/model/history.ts'
import { asRecorded } from '../../../replay/reference/corrected-evidence.ts'
import { pointSum, pointsOf } from '../../../replay/reference/missed.ts'
import { readUnder } from '../../../replay/reference/reading.ts'
import { sightingsIn } from '../../../replay/reference/sightings.ts'
import type { Ruleset } from '../../../rulesets/ruleset.ts'
import type { RehearsalWindow } from '../rehearsal.ts'

/**
 * Whether a policy of a ruleset acts at a moment in the window: over an account's flags and what the rules see in its
 * evidence, as for missed accounts, whether or not a deactivation held the account.
 */
export const wouldDeactivate = (
  account: AccountHistory,
  { voidedAt }: Pick<History, 'voidedAt'>,
  ruleset: Ruleset,
  { from, to }: RehearsalWindow,
): boolean => {
  const sightings = sightingsIn(account, { rulesetAt: () => ruleset })
  const points = pointsOf(account.flags, sightings, readUnder(ruleset, asRecorded))
  return ruleset.policies.some((policy) => {
    const sum = pointSum(policy, voidedAt)
    return points.some((point) => {
      sum.add(point)
      const { at } = point.place
      return at >= from && at <= to && sum.at(point.place) >= policy.atLeast
    })
  })
}
