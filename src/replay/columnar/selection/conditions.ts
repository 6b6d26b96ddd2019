import * as E from '#fp/Either'
import type { Rule, Ruleset } from '../../../rulesets/ruleset.ts'
import { conditionSql } from '../../../rulesets/sql/condition-sql.ts'
import type { EvidenceColumns } from '../../../rulesets/sql/from-cel.ts'
import { type NotInSql, sightingSql } from '../fired.ts'
import { conditionKey } from './alike.ts'

export type SignalSql = EvidenceColumns['signal']

/** The condition of each rule of some rulesets, in SQL: true, false or, for unknown, NULL. */
export type RuleConditions = {
  /** Over the flags in `h_actions`. */
  readonly onFlag: (rule: Rule) => string
  /** Over `h_evidence`. */
  readonly onEvidence: (rule: Rule) => string
  /** How many there are, each text once. */
  readonly size: number
}

/** What a condition reads of a flag in `h_actions`. */
export const flagColumns = (signal: SignalSql): EvidenceColumns => ({
  signal,
  detector: { kind: 'detector_kind::VARCHAR', id: 'detector', version: 'detector_version' },
  flag: { category: 'category', source: 'flag_source::VARCHAR' },
  content: { id: 'content_id', kind: 'content_kind' },
})

/** Writes every condition in SQL; those that many versions have in common, once. */
export const ruleConditions = (
  rulesets: ReadonlyArray<Ruleset>,
  signal: SignalSql,
): E.Either<NotInSql, RuleConditions> => {
  type Written = { readonly onFlag: string; readonly onEvidence: string }
  const byText = new Map<string, Written>()
  const byRule = new Map<Rule, Written>()
  for (const ruleset of rulesets) {
    for (const rule of ruleset.rules) {
      const key = `${rule.category} ${conditionKey({ rule, signals: ruleset.signals })}`
      let written = byText.get(key)
      if (written === undefined) {
        const onFlag = conditionSql(rule.when, ruleset.signals, flagColumns(signal))
        const onEvidence = sightingSql(rule, ruleset, signal)
        if (E.isLeft(onFlag)) return notInSql(rule, onFlag.left)
        if (E.isLeft(onEvidence)) return notInSql(rule, onEvidence.left)
        written = { onFlag: onFlag.right, onEvidence: onEvidence.right }
        byText.set(key, written)
      }
      byRule.set(rule, written)
    }
  }
  const of = (rule: Rule): Written => {
    const written = byRule.get(rule)
    if (written === undefined) throw new RangeError(`the rule ${rule.id} is of none of the rulesets`)
    return written
  }
  return E.right({
    onFlag: (rule) => of(rule).onFlag,
    onEvidence: (rule) => of(rule).onEvidence,
    size: byText.size,
  })
}

const notInSql = ({ id }: Rule, reason: string): E.Either<NotInSql, never> =>
  E.left({ kind: 'not_in_sql', of: `rule ${id}`, reason })
