import type { Ruleset } from '../../../rulesets/ruleset.ts'
import { withinSql } from '../spans.ts'
import { areAlikePolicies } from './alike.ts'
import type { Compared, Search } from './compared.ts'
import { accountsReferring, type Reference } from './references.ts'

/**
 * The accounts of decisions that the corrected ruleset may judge differently even if it reads every flag alike: by other
 * policies, or because the rules as they were have no version for them.
 */
export const decisionsJudgedDifferently = (
  references: ReadonlyArray<Reference>,
  { corrected, versions, spans }: Compared,
): Search => {
  const isNone = (ruleset: Ruleset | null | undefined): boolean => ruleset == null
  const hasOtherPolicies = (ruleset: Ruleset | null | undefined): boolean =>
    ruleset != null && !areAlikePolicies(ruleset, corrected)
  /** Conditions, at most one, that are true of those decisions whose version of the day is meant. */
  const ofVersions = (isMeant: typeof isNone, { version }: Reference): ReadonlyArray<string> => {
    if (version !== null) return isMeant(versions.named(version)) ? ['true'] : []
    const meant = spans.filter(({ ruleset }) => isMeant(ruleset))
    return meant.length === 0 ? [] : [withinSql(meant)]
  }
  return {
    queries: accountsReferring(references, corrected.id, (reference) => {
      if (reference.kind === 'flag') return []
      const without = ofVersions(isNone, reference)
      // No rule overrules a person, and policies have no part in removals.
      if (reference.kind === 'removal') return without
      const others = ofVersions(hasOtherPolicies, reference)
      return [...without, ...others.map((condition) => `decided_by_kind <> 'human' AND ${condition}`)]
    }),
  }
}
