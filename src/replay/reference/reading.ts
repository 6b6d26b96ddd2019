import { memo } from '../../foundation/memo.ts'
import { type Rule, type Ruleset, ruleNamed, type Truth } from '../../rulesets/ruleset.ts'
import { isOfRuleset, type PlacedFlag } from '../model/history.ts'
import type { Versions } from '../model/versions.ts'
import { asRecorded, type EvidenceOf, type EvidenceTaken } from './corrected-evidence.ts'
import { evidenceOver } from './rescored.ts'
import { lower } from './truth.ts'

/** What a flag counts for under one answer. */
export type Reading = {
  readonly truth: Truth
  /** The most that the decisions it exists because of allow it to be; `true` if it names none. */
  readonly cap: Truth
  /** The rule that judges it; null if there is none. */
  readonly rule: Rule | null
  /** It names a rule, but of a version that was never published: what it counted for is unknown. */
  readonly lost: boolean
}

/** How an answer reads a flag. */
export type Read = (flag: PlacedFlag) => Reading

/** S's rule for a flag: the one with its rule's id, else the one that replaces it. */
export const ruleFor = (flag: Pick<PlacedFlag, 'data'>, ruleset: Ruleset): Rule | null => {
  const ruleId = flag.data.rule?.id
  if (ruleId === undefined || !isOfRuleset(flag, ruleset.id)) return null
  return ruleNamed(ruleset, ruleId) ?? null
}

/** The strikes that a flag was given by the version that it names; 0: it names none that was published. */
export const strikesGiven = (flag: Pick<PlacedFlag, 'data'>, named: Versions['named']): number => {
  const version = flag.data.ruleset === undefined ? undefined : named(flag.data.ruleset)
  return version === undefined ? 0 : (ruleFor(flag, version)?.strikes ?? 0)
}

/** How true a flag is by the rule that judges it over the evidence taken, regardless of the decisions it exists because of. */
export const truthOf = (flag: PlacedFlag, { rule, lost }: JudgedBy, { rescoring, limit }: Taken): Truth => {
  if (flag.data.detector.kind === 'human') return limit
  if (lost) return lower(limit, 'unknown')
  if (rule === null) return 'false'
  return lower(limit, rule.condition(evidenceOver(flag, rescoring?.data ?? flag.data)))
}
type JudgedBy = Pick<Reading, 'rule' | 'lost'>
type Taken = Pick<EvidenceTaken, 'rescoring' | 'limit'>

/** A flag as judged by a rule, regardless of the decisions it exists because of. */
const readingBy = (by: JudgedBy, flag: PlacedFlag, taken: EvidenceTaken): Reading => ({
  truth: truthOf(flag, by, taken),
  cap: 'true',
  rule: by.rule,
  lost: by.lost,
})

/** A flag under S, regardless of the decisions it exists because of. */
export const readUnder = (ruleset: Ruleset, evidenceOf: EvidenceOf): Read =>
  memo((flag) => readingBy({ rule: ruleFor(flag, ruleset), lost: false }, flag, evidenceOf(flag)))

/**
 * How the rules of the day read flags for something judged by `own`, a version of `rulesetId`: each under the version that
 * it names itself (a strike was given under the rules of its day), or under `own` if it names none. If the version is not
 * known, the flag is lost, and unknown unless a human raised it.
 */
export const readByVersions = (
  rulesetId: string,
  versions: Versions,
  evidenceOf: EvidenceOf,
): ((own: Ruleset | undefined) => Read) => {
  const withVersion = (flag: PlacedFlag, version: Ruleset | undefined): Reading => {
    const by: JudgedBy =
      version === undefined
        ? { rule: null, lost: flag.data.rule !== undefined && isOfRuleset(flag, rulesetId) }
        : { rule: ruleFor(flag, version), lost: false }
    return readingBy(by, flag, evidenceOf(flag))
  }
  const byNamedVersion = memo((flag: PlacedFlag) =>
    withVersion(flag, flag.data.ruleset === undefined ? undefined : versions.named(flag.data.ruleset)),
  )
  return memo((own) => {
    const byOwn = memo((flag: PlacedFlag) => withVersion(flag, own))
    return (flag) => (flag.data.ruleset?.id === rulesetId ? byNamedVersion(flag) : byOwn(flag))
  })
}

/** How A reads flags. */
export const readUnderRulesOfTheDay = (
  rulesetId: string,
  versions: Versions,
): ((own: Ruleset | undefined) => Read) => readByVersions(rulesetId, versions, asRecorded)
