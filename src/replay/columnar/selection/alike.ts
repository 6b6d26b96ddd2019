import { canonicalText } from '../../../foundation/canonical.ts'
import type { Policy, Rule, Ruleset, SignalType } from '../../../rulesets/ruleset.ts'

/** A rule, with the types of the signals that its condition may read. */
export type RuleIn = { readonly rule: Rule; readonly signals: ReadonlyMap<string, SignalType> }

/** In what two rules differ. */
export type Differences = {
  readonly id: boolean
  /** The condition's text, or the declared type of a signal that it reads. */
  readonly condition: boolean
  /** Category, strikes and their expiry: what it counts for. */
  readonly weight: boolean
  readonly removesContent: boolean
}

export const differencesOf = (a: RuleIn, b: RuleIn): Differences => ({
  id: a.rule.id !== b.rule.id,
  condition: conditionKey(a) !== conditionKey(b),
  weight:
    a.rule.category !== b.rule.category ||
    a.rule.strikes !== b.rule.strikes ||
    a.rule.strikesExpireAfter !== b.rule.strikesExpireAfter,
  removesContent: a.rule.removesContent !== b.rule.removesContent,
})

/** The same for conditions that are true, false and unknown for the same evidence because they are written alike. */
export const conditionKey = ({ rule, signals }: RuleIn): string =>
  canonicalText([
    rule.when,
    ...[...rule.reads].sort().map((name) => signals.get(name.replace(/^signals\./, '')) ?? ''),
  ])

/** Whether two rulesets deactivate for the same strikes; how policies are called and ordered does not matter. */
export const areAlikePolicies = (a: Ruleset, b: Ruleset): boolean => policiesKey(a) === policiesKey(b)

const policiesKey = ({ policies }: Ruleset): string => canonicalText(policies.map(policyKey).sort())

const policyKey = ({ atLeast, within, categories, restriction }: Policy): string =>
  canonicalText([atLeast, within, categories === null ? null : [...categories].sort(), restriction])
