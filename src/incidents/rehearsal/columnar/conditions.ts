import type * as E from '#fp/Either'
import type { NotInSql } from '../../../replay/columnar/fired.ts'
import { ruleConditions, type SignalSql } from '../../../replay/columnar/selection/conditions.ts'
import type { Rule, Truth } from '../../../rulesets/ruleset.ts'
import type { Question } from '../rehearsal.ts'
import type { RulePair } from '../rule-pairs.ts'

/** The condition of each rule of both versions in SQL: true, false or, for unknown, NULL. */
export type Conditions = {
  readonly onFlag: (rule: Rule) => string
  readonly onEvidence: (rule: Rule) => string
}

export const conditionsOf = ({ old, next }: Question, signal: SignalSql): E.Either<NotInSql, Conditions> =>
  ruleConditions(old === null ? [next] : [old, next], signal)

/** What the two versions of a rule say, given what one rule says. */
export const truthSql = ({ was, now }: RulePair, written: (rule: Rule) => string) => ({
  was: was.length === 0 ? 'false' : anyOf(was.map(written)),
  now: now === null ? 'false' : `(${written(now)})`,
})

/** That one of some conditions is true. */
export const anyOf = (conditions: ReadonlyArray<string>): string =>
  conditions.length === 0 ? 'false' : `(${conditions.map((condition) => `(${condition})`).join(' OR ')})`

/** Where a rule fires under one version and not under the other. */
export const differsSql = ({ was, now }: { readonly was: string; readonly now: string }): string =>
  `(${was} AND ${now} IS NOT TRUE OR ${now} AND ${was} IS NOT TRUE)`

/** A truth from its value in SQL. */
export const truthFrom = (value: unknown): Truth =>
  value === null ? 'unknown' : value === true ? 'true' : 'false'
