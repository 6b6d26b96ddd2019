import type { AccountPlan, PlanCounts } from './model.ts'

/** Counts the rows and effects of accounts. */
export const collectPlanCounts = () => {
  const counts = {
    ...{ accounts: 0, reinstate: 0, restore: 0, annul: 0, change: 0, flagsVoided: 0, flags: 0 },
    ...{ strikePoints: 0, appeals: 0, restricted: 0, review: 0, excepted: 0 },
  }
  return {
    add: ({ wave, decisions, flags, review, excepted, effects }: AccountPlan): void => {
      for (const { remedy } of decisions) counts[remedy]++
      counts.flagsVoided += new Set(decisions.flatMap(({ flagsVoided }) => flagsVoided)).size
      counts.flags += flags.length
      counts.strikePoints += effects.strikePoints
      counts.appeals += effects.appealIds.length
      counts.review += review.length
      counts.excepted += excepted.length
      if (wave === 0) return
      counts.accounts++
      if (effects.after.status !== 'active') counts.restricted++
    },
    finish: (): Omit<PlanCounts, 'cascaded' | 'kept'> => ({ ...counts }),
  }
}
