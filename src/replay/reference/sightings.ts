import type { Place } from '../../domain/order.ts'
import type { Rule, Ruleset } from '../../rulesets/ruleset.ts'
import type { EvidenceWanted } from '../model/collect.ts'
import { type AccountHistory, contentKey, type Evaluation } from '../model/history.ts'

/** Evidence on which nothing fired at the time, and for which a rule of the corrected ruleset is true. */
export type RuleSighting = { readonly place: Place; readonly content: string; readonly rule: Rule }

/**
 * What a replay under `corrected` needs from a history: only the evaluations for which one of its rules is true. Null: what
 * the rules of the day alone need, for any ruleset.
 */
export const evidenceWantedBy = (corrected: Ruleset | null): EvidenceWanted => ({
  rulesetId: corrected?.id ?? null,
  keepsEvaluation: (evaluation) => corrected?.rules.some((rule) => isSeen(evaluation, rule)) ?? false,
})

/** What the rules of a ruleset see in an account's evaluations, in order. */
export const sightingsIn = (
  { evaluations }: AccountHistory,
  { rules }: Ruleset,
): ReadonlyArray<RuleSighting> =>
  evaluations.flatMap(({ place, data }) =>
    rules
      .filter((rule) => isSeen(data, rule))
      .map((rule) => ({ place, content: contentKey(data.content), rule })),
  )

const isSeen = ({ content, detector, signals }: Evaluation['data'], rule: Rule): boolean => {
  const flag = { category: rule.category, source: 'own_initiative' }
  return rule.condition({ signals, detector, flag, content }) === 'true'
}
