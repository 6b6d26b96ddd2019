import { sqlText } from '../../../foundation/sql.ts'
import type { Rule, Ruleset } from '../../../rulesets/ruleset.ts'
import { areAlikePolicies } from './alike.ts'
import type { Compared, Search } from './compared.ts'
import type { RuleConditions } from './conditions.ts'
import { type Span, withinSql } from './spans.ts'

/**
 * The accounts that may be missed at other moments, because other policies judge them then: with a flag or evidence on which
 * a rule fires in such a time, and with enough strikes for any of the policies if all counts that they have in their whole
 * life.
 */
export const missedByOtherPolicies = ({ corrected, published, spans, conditions }: Compared): Search => {
  const differing = spans.filter(({ ruleset }) => ruleset === null || !areAlikePolicies(ruleset, corrected))
  const rulesets = [corrected, ...differing.flatMap(({ ruleset }) => ruleset ?? [])]
  const least = rulesets
    .flatMap(({ policies }) => policies)
    .reduce((lowest, { atLeast }) => Math.min(lowest, atLeast), Number.POSITIVE_INFINITY)
  if (differing.length === 0 || least === Number.POSITIVE_INFINITY) return { queries: [] }
  const flags = {
    from: "h_actions WHERE type = 'flag.raised.v1'",
    strikes: strikesOfFlag(corrected.id, [corrected, ...published]),
  }
  const points = [flags, ...strikesSeen(corrected, spans, conditions)].map(
    ({ from, strikes }) => `SELECT account_no, occurred_at, ${strikes} AS strikes FROM ${from}`,
  )
  const then = withinSql(differing)
  return {
    queries: [
      `SELECT account_no FROM (${points.join(' UNION ALL ')})
        GROUP BY account_no HAVING sum(strikes) >= ${least} AND bool_or(${then})`,
    ],
    onlyIfAny: [
      `SELECT account_no FROM ${flags.from} AND ${then}`,
      `SELECT account_no FROM h_evidence WHERE ${then}`,
    ],
  }
}

/** The most strikes that a flag can have under any of the rulesets of an id, in SQL. */
const strikesOfFlag = (rulesetId: string, rulesets: ReadonlyArray<Ruleset>): string => {
  const most = new Map<string, number>()
  for (const { rules } of rulesets) {
    for (const { id, replaces, strikes } of rules) {
      for (const name of [id, ...replaces]) most.set(name, Math.max(strikes, most.get(name) ?? 0))
    }
  }
  const strikes = [...most].map(([name, number]) => `WHEN rule = ${sqlText(name)} THEN ${number}`)
  return `CASE WHEN ruleset <> ${sqlText(rulesetId)} THEN 0 ${strikes.join(' ')} ELSE 0 END`
}

/** Evidence on which a rule of its time or a corrected one fires, and for how many strikes. */
const strikesSeen = (corrected: Ruleset, spans: ReadonlyArray<Span>, { onEvidence }: RuleConditions) => {
  const found = new Map<string, { strikes: number; during: Span[] }>()
  for (const span of spans) {
    for (const ruleset of span.ruleset === null ? [corrected] : [corrected, span.ruleset]) {
      for (const [condition, rules] of Map.groupBy(ruleset.rules, onEvidence)) {
        const seen = found.get(condition) ?? { strikes: 0, during: [] }
        seen.strikes = Math.max(seen.strikes, sumOfStrikes(rules))
        if (seen.during.at(-1) !== span) seen.during.push(span)
        found.set(condition, seen)
      }
    }
  }
  return [...found].map(([condition, { strikes, during }]) => ({
    from: `h_evidence WHERE ${withinSql(during)} AND (${condition})`,
    strikes,
  }))
}

const sumOfStrikes = (rules: ReadonlyArray<Rule>): number =>
  rules.reduce((sum, { strikes }) => sum + strikes, 0)
