import { sqlText } from '../../../foundation/sql.ts'
import type { Rule, Ruleset } from '../../../rulesets/ruleset.ts'
import { type Span, withinSql } from '../spans.ts'
import { areAlikePolicies } from './alike.ts'
import type { Compared, Search } from './compared.ts'
import type { RuleConditions } from './conditions.ts'

/**
 * The accounts that may be missed at other moments, because other policies judge them then: with a flag or evidence on which
 * a rule fires in such a time, and with enough strikes.
 */
export const missedByOtherPolicies = (compared: Compared): Search => {
  const { corrected, spans } = compared
  const differing = spans.filter(({ ruleset }) => ruleset === null || !areAlikePolicies(ruleset, corrected))
  const then = withinSql(differing)
  return {
    queries:
      differing.length === 0
        ? []
        : [`SELECT account_no FROM ${points(compared)} ${enough(compared)} AND bool_or(${then})`],
    onlyIfAny: [
      `SELECT account_no FROM ${FLAGS} AND ${then}`,
      `SELECT account_no FROM h_evidence WHERE ${then}`,
    ],
  }
}

/** Those of some accounts that have enough strikes: what only plays a part in who is missed cannot touch the others. */
export const withEnoughStrikes = ({ queries, onlyIfAny = [] }: Search, compared: Compared): Search => ({
  queries: queries.map(
    (query) =>
      `SELECT account_no FROM ${points(compared)} SEMI JOIN (${query}) USING (account_no) ${enough(compared)}`,
  ),
  onlyIfAny,
})

/** That all strikes of an account's whole life, if all of them count, are enough for any policy. */
const enough = ({ correctedAny, published }: Compared): string => {
  const needed = [...correctedAny, ...published].flatMap(({ policies }) =>
    policies.map(({ atLeast }) => atLeast),
  )
  return `GROUP BY account_no HAVING ${
    needed.length === 0 ? 'false' : `sum(strikes) >= ${needed.reduce((a, b) => Math.min(a, b))}`
  }`
}

const FLAGS = "h_actions WHERE type = 'flag.raised.v1'"

/** The strikes that each flag can count for, and each piece of evidence, by the corrected rules or those of its time. */
const points = ({ corrected, correctedAny, published, spans, conditions }: Compared): string => {
  const flags = { from: FLAGS, strikes: strikesOfFlag(corrected.id, [...correctedAny, ...published]) }
  const sources = [flags, ...strikesSeen(correctedAny, spans, conditions)].map(
    ({ from, strikes }) => `SELECT account_no, occurred_at, ${strikes} AS strikes FROM ${from}`,
  )
  return `(${sources.join(' UNION ALL ')})`
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
const strikesSeen = (
  corrected: ReadonlyArray<Ruleset>,
  spans: ReadonlyArray<Span>,
  { onEvidence }: RuleConditions,
) => {
  const found = new Map<string, { strikes: number; during: Span[] }>()
  for (const span of spans) {
    for (const ruleset of span.ruleset === null ? corrected : [...corrected, span.ruleset]) {
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
