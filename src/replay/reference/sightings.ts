import type { Place } from '../../domain/order.ts'
import type { Rule } from '../../rulesets/ruleset.ts'
import { type Correction, type Corrections, rulesetIdOf } from '../correction/correction.ts'
import type { EvidenceWanted } from '../model/collect.ts'
import { type AccountHistory, contentKey, type Evaluation } from '../model/history.ts'
import type { JudgingRules } from './judging-rules.ts'

/** Evidence on which nothing fired at the time, and for which a rule of B is true. */
export type RuleSighting = { readonly place: Place; readonly content: string; readonly rule: Rule }

/**
 * What a replay of a correction needs from a history: only the evaluations for which one of B's rules is true. Null: what
 * the rules of the day alone need, for any ruleset.
 */
export const evidenceWantedBy = (correction: Correction | null): EvidenceWanted => {
  if (correction === null) return { rulesetId: null, needsVersions: false, keepsEvaluation: () => false }
  const { rules } = correction
  const asTheyWere = rules.kind === 'as_they_were'
  return {
    rulesetId: rulesetIdOf(correction),
    needsVersions: asTheyWere,
    keepsEvaluation: ({ place, data }, versions) => {
      const ruleset = asTheyWere ? versions.inForceAt(place.at) : rules.ruleset
      return ruleset?.rules.some((rule) => isSeen(data, rule)) ?? false
    },
  }
}

/** What replays of several corrections need. */
export const evidenceWantedByAny = (corrections: Corrections): EvidenceWanted => {
  const wanted = corrections.map(evidenceWantedBy)
  return {
    rulesetId: rulesetIdOf(corrections[0]),
    needsVersions: wanted.some(({ needsVersions }) => needsVersions),
    keepsEvaluation: (evaluation, versions) =>
      wanted.some(({ keepsEvaluation }) => keepsEvaluation(evaluation, versions)),
  }
}

/** What the rules of B see in an account's evaluations, in order; each is read by the ruleset of its own moment. */
export const sightingsIn = (
  { evaluations }: AccountHistory,
  { rulesetAt }: Pick<JudgingRules, 'rulesetAt'>,
): ReadonlyArray<RuleSighting> =>
  evaluations.flatMap(({ place, data }) =>
    (rulesetAt(place.at)?.rules ?? [])
      .filter((rule) => isSeen(data, rule))
      .map((rule) => ({ place, content: contentKey(data.content), rule })),
  )

/** Whether a rule of B fires on evidence on which nothing fired at the time. */
export const isSeen = ({ content, detector, signals }: Evaluation['data'], rule: Rule): boolean => {
  const flag = { category: rule.category, source: 'own_initiative' }
  return rule.condition({ signals, detector, flag, content }) === 'true'
}
