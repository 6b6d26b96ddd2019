import * as E from '#fp/Either'
import { sqlText } from '../../foundation/sql.ts'
import type { Rule, Ruleset } from '../../rulesets/ruleset.ts'
import { conditionSql } from '../../rulesets/sql/condition-sql.ts'
import type { EvidenceColumns } from '../../rulesets/sql/from-cel.ts'
import type { Correction } from '../correction/correction.ts'
import type { VersionOnRecord } from '../model/history.ts'

/** The condition of a rule or a withdrawal cannot be evaluated in SQL. */
export type NotInSql = { readonly kind: 'not_in_sql'; readonly of: string; readonly reason: string }

export const describeNotInSql = ({ of, reason }: NotInSql): string =>
  `the condition of the ${of} cannot be evaluated in SQL: ${reason}`

type SignalSql = EvidenceColumns['signal']

/**
 * Which evidence the corrected rules see although nothing fired at the time: a condition on `h_evidence` that is true where
 * that of a rule of B is.
 */
export const firedSql = (
  { rules }: Pick<Correction, 'rules'>,
  versions: ReadonlyArray<VersionOnRecord>,
  signal: SignalSql,
): E.Either<NotInSql, string> => {
  if (rules.kind === 'corrected') return anyRule(rules.ruleset, signal)
  const conditions: string[] = []
  for (const { ruleset, from, until } of spansOf(versions)) {
    const any = anyRule(ruleset, signal)
    if (E.isLeft(any)) return any
    const before = until === null ? '' : ` AND occurred_at < ${moment(until)}`
    conditions.push(`(occurred_at >= ${moment(from)}${before} AND ${any.right})`)
  }
  return E.right(anyOf(conditions))
}

/** When each version was in force, in ms; `until` is exclusive, null: it still is. */
export const spansOf = (
  versions: ReadonlyArray<VersionOnRecord>,
): ReadonlyArray<{ readonly ruleset: Ruleset; readonly from: number; readonly until: number | null }> =>
  versions.flatMap(({ ruleset, effectiveFrom }, index) => {
    const until = versions[index + 1]?.effectiveFrom ?? null
    return until === effectiveFrom ? [] : [{ ruleset, from: effectiveFrom, until }]
  })

const moment = (ms: number): string => `epoch_ms(${ms})`

const anyOf = (conditions: ReadonlyArray<string>): string =>
  conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`

const anyRule = (ruleset: Ruleset, signal: SignalSql): E.Either<NotInSql, string> => {
  const conditions: string[] = []
  for (const rule of ruleset.rules) {
    const condition = sightingSql(rule, ruleset, signal)
    if (E.isLeft(condition))
      return E.left({ kind: 'not_in_sql', of: `rule ${rule.id}`, reason: condition.left })
    conditions.push(`coalesce(${condition.right}, false)`)
  }
  return E.right(anyOf(conditions))
}

/** The condition of a rule over evidence, as `sightingsIn` evaluates it. */
export const sightingSql = (rule: Rule, { signals }: Ruleset, signal: SignalSql): E.Either<string, string> =>
  conditionSql(rule.when, signals, {
    signal,
    detector: { kind: 'detector_kind::VARCHAR', id: 'detector', version: 'detector_version' },
    flag: { category: sqlText(rule.category), source: sqlText('own_initiative') },
    content: { id: 'content_id', kind: 'content_kind' },
  })
