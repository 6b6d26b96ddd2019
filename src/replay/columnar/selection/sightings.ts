import type { Rule, Ruleset } from '../../../rulesets/ruleset.ts'
import { type Span, withinSql } from '../spans.ts'
import { differencesOf } from './alike.ts'
import type { Compared, Search } from './compared.ts'
import type { RuleConditions } from './conditions.ts'

/**
 * Queries for the accounts of evidence in which the corrected ruleset sees something else than the version in force at its
 * time. Each has one condition, so that DuckDB can compare columns with it while it reads them.
 */
export const evidenceSeenDifferently = ({ corrected, spans, conditions }: Compared): Search => {
  const spansByCondition = new Map<string, Span[]>()
  for (const span of spans) {
    for (const condition of differentSightings(span.ruleset, corrected, conditions)) {
      const others = spansByCondition.get(condition)
      if (others === undefined) spansByCondition.set(condition, [span])
      else others.push(span)
    }
  }
  const queries = [...spansByCondition].map(
    ([condition, those]) => `SELECT account_no FROM h_evidence WHERE ${withinSql(those)} AND ${condition}`,
  )
  return queries.length === 0 ? { queries } : { queries: [queries.join(' UNION ALL ')], onlyIfAny: queries }
}

/** Conditions that are true of the evidence in which two rulesets see different things. */
const differentSightings = (
  before: Ruleset | null,
  corrected: Ruleset,
  { onEvidence }: RuleConditions,
): ReadonlySet<string> => {
  if (before === null) return new Set(corrected.rules.map(fires(onEvidence)))
  const found = new Set<string>()
  const inBoth = idsInBoth(before, corrected)
  for (const { rules } of [before, corrected]) {
    for (const rule of rules) if (!inBoth.has(rule.id)) found.add(fires(onEvidence)(rule))
  }
  for (const a of before.rules) {
    const b = corrected.rules.find(({ id }) => id === a.id)
    if (b === undefined || !inBoth.has(a.id)) continue
    const { weight, condition } = differencesOf(
      { rule: a, signals: before.signals },
      { rule: b, signals: corrected.signals },
    )
    if (weight) found.add(fires(onEvidence)(a)).add(fires(onEvidence)(b))
    else if (condition) {
      found.add(`(${onEvidence(a)}) AND (${onEvidence(b)}) IS NOT TRUE`)
      found.add(`(${onEvidence(b)}) AND (${onEvidence(a)}) IS NOT TRUE`)
    }
  }
  return found
}

const fires =
  (onEvidence: RuleConditions['onEvidence']) =>
  (rule: Rule): string =>
    `(${onEvidence(rule)})`

/** The ids of rules that both have, if they have them in the same order: several that fire at once count one after the other. */
const idsInBoth = (a: Ruleset, b: Ruleset): ReadonlySet<string> => {
  const idsOf = (one: Ruleset, other: Ruleset): ReadonlyArray<string> => {
    const ids = new Set(other.rules.map(({ id }) => id))
    return one.rules.flatMap(({ id }) => (ids.has(id) ? [id] : []))
  }
  const ids = idsOf(a, b)
  return new Set(ids.join(' ') === idsOf(b, a).join(' ') ? ids : [])
}
