import * as E from '#fp/Either'
import type { NotInSql } from '../../../replay/columnar/fired.ts'
import { ruleConditions, type SignalSql } from '../../../replay/columnar/selection/conditions.ts'
import type { Rule } from '../../../rulesets/ruleset.ts'
import type { Question } from '../rehearsal.ts'
import type { RulePair } from '../rule-pairs.ts'

/** The conditions of both versions in SQL, each once: the columns `c0`, `c1`… */
export type Conditions = {
  readonly onFlag: ReadonlyArray<string>
  readonly onEvidence: ReadonlyArray<string>
  /** The column of a rule's condition: true, false or, for unknown, NULL. */
  readonly columnOf: (rule: Rule) => string
}

export const conditionsOf = ({ old, next }: Question, signal: SignalSql): E.Either<NotInSql, Conditions> => {
  const rulesets = old === null ? [next] : [old, next]
  const written = ruleConditions(rulesets, signal)
  if (E.isLeft(written)) return written
  const { onFlag, onEvidence } = written.right
  const keyOf = (rule: Rule): string => `${onFlag(rule)} | ${onEvidence(rule)}`
  const rules = [
    ...new Map(rulesets.flatMap((each) => each.rules).map((rule) => [keyOf(rule), rule])).values(),
  ]
  const places = new Map(rules.map((rule, place) => [keyOf(rule), `c${place}`]))
  return E.right({
    onFlag: rules.map(onFlag),
    onEvidence: rules.map(onEvidence),
    columnOf: (rule) => {
      const column = places.get(keyOf(rule))
      if (column === undefined) throw new RangeError(`the rule ${rule.id} is of neither version`)
      return column
    },
  })
}

/** Conditions as the columns `c0`, `c1`… */
export const asColumns = (conditions: ReadonlyArray<string>): ReadonlyArray<string> =>
  conditions.map((condition, place) => `(${condition}) AS c${place}`)

/** What the two versions of a rule say, over those columns. */
export const truthSql = ({ was, now }: RulePair, { columnOf }: Pick<Conditions, 'columnOf'>) => ({
  was: was.length === 0 ? 'false' : `(${was.map(columnOf).join(' OR ')})`,
  now: now === null ? 'false' : columnOf(now),
})
