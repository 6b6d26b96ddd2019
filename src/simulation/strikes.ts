import type { Restriction } from '../domain/parts.ts'
import type { SimulatedFlag } from './account.ts'
import { DAY } from './calendar.ts'
import type { SimulatedPolicy } from './policies.ts'

/** How the deactivation service goes wrong when it adds up strikes. */
export type Bug = 'counts expired strikes' | 'counts retries twice' | 'counts dismissed flags'

/**
 * The flags whose strikes count at an instant: raised by then (or a ground of the decision, whose clock may be ahead),
 * not voided before, not expired at that very instant.
 */
export const standingFlags = (
  flags: ReadonlyArray<SimulatedFlag>,
  at: number,
  named: ReadonlyArray<SimulatedFlag> = [],
  bug?: Bug,
): ReadonlyArray<SimulatedFlag> =>
  flags.filter(
    (flag) =>
      (flag.at <= at || named.includes(flag)) &&
      (flag.voidedAt === null || flag.voidedAt >= at || bug === 'counts dismissed flags') &&
      (flag.expiresAt === null || flag.expiresAt > at || bug === 'counts expired strikes'),
  )

/** The most severe restriction that the policies ask for at an instant, over flags that count. */
export const restrictionFor = (
  flags: ReadonlyArray<SimulatedFlag>,
  at: number,
  policies: ReadonlyArray<SimulatedPolicy>,
  bug?: Bug,
): Restriction | null => {
  let severest: Restriction | null = null
  for (const policy of policies) {
    const { categories } = policy
    const within = bug === 'counts expired strikes' ? Number.POSITIVE_INFINITY : policy.within * DAY
    let points = 0
    for (const flag of flags) {
      const counts = flag.at > at - within && (categories === null || categories.includes(flag.category))
      if (counts) points += bug === 'counts retries twice' ? 2 * flag.strikes : flag.strikes
    }
    if (points >= policy.atLeast && severest !== 'terminated') severest = policy.restriction
  }
  return severest
}
