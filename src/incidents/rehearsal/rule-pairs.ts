import { type Rule, type Ruleset, ruleNamed } from '../../rulesets/ruleset.ts'

/** A rule of the new version, with those of the old version that it continues; or an old rule that nothing continues. */
export type RulePair = {
  /** The new rule's id; without one, the old rule's. */
  readonly id: string
  /** Null: the new version no longer has it. */
  readonly now: Rule | null
  /** Several, if it replaces several; none, if it is new. */
  readonly was: ReadonlyArray<Rule>
}

/** Pairs the rules of two versions: the new ones in their order, then the old ones that are gone. `old` null: there is none. */
export const pairRules = (old: Ruleset | null, next: Ruleset): ReadonlyArray<RulePair> => {
  const before = old?.rules ?? []
  const continued = Map.groupBy(before, (rule) => continuationOf(rule, next))
  return [
    ...next.rules.map((now) => ({ id: now.id, now, was: continued.get(now) ?? [] })),
    ...(continued.get(undefined) ?? []).map((rule) => ({ id: rule.id, now: null, was: [rule] })),
  ]
}

/** What became of a rule: by its id or `replaces`, or, where a renaming is undone, the rule that it had replaced. */
const continuationOf = ({ id, replaces }: Rule, next: Ruleset): Rule | undefined =>
  ruleNamed(next, id) ?? next.rules.find((rule) => replaces.includes(rule.id))
