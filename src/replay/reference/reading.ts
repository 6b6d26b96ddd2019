import { type Rule, type Ruleset, ruleNamed, type Truth } from '../../rulesets/ruleset.ts'
import { isOfRuleset, type PlacedFlag } from '../model/history.ts'
import type { Versions } from '../model/versions.ts'

/** What a flag counts for under one answer. */
export type Reading = {
  readonly truth: Truth
  /** The most that the decisions it exists because of allow it to be; `true` if it names none. */
  readonly cap: Truth
  /** The rule that judges it; null if there is none. */
  readonly rule: Rule | null
  /** It names a rule of a version that was never published: what it counted for is unknown. */
  readonly lost: boolean
}

/** How an answer reads a flag. */
export type Read = (flag: PlacedFlag) => Reading

/** S's rule for a flag: the one with its rule's id, else the one that replaces it. */
export const ruleFor = (flag: PlacedFlag, ruleset: Ruleset): Rule | null => {
  const ruleId = flag.data.rule?.id
  if (ruleId === undefined || !isOfRuleset(flag, ruleset.id)) return null
  return ruleNamed(ruleset, ruleId) ?? null
}

/** A flag under S, regardless of the decisions it exists because of. */
export const readUnder = (ruleset: Ruleset): Read => {
  const readings = new Map<PlacedFlag, Reading>()
  return (flag) => {
    const known = readings.get(flag)
    if (known !== undefined) return known
    const rule = ruleFor(flag, ruleset)
    const reading = { rule, truth: truthOf(flag, rule), cap: 'true', lost: false } as const
    readings.set(flag, reading)
    return reading
  }
}

const truthOf = ({ data }: PlacedFlag, rule: Rule | null): Truth => {
  if (data.detector.kind === 'human') return 'true'
  if (rule === null) return 'false'
  return rule.condition({
    signals: data.signals,
    detector: data.detector,
    flag: { category: data.category, source: data.source },
    content: data.content ?? null,
  })
}

/**
 * How the rules of the day read flags for a decision judged by `own`: each under the version that it names (a
 * strike was given under the rules of its day), or under `own` if it names none.
 */
export const readUnderRulesOfTheDay = (versions: Versions): ((own: Ruleset) => Read) => {
  const readers = new Map<Ruleset, Read>()
  const readerOf = (ruleset: Ruleset): Read => {
    const known = readers.get(ruleset) ?? readUnder(ruleset)
    readers.set(ruleset, known)
    return known
  }
  return (own) => (flag) => {
    const ref = flag.data.ruleset
    if (ref === undefined || ref.id !== own.id) return readerOf(own)(flag)
    const version = versions.named(ref)
    if (version !== undefined) return readerOf(version)(flag)
    return { rule: null, truth: truthOf(flag, null), cap: 'true', lost: flag.data.rule !== undefined }
  }
}
