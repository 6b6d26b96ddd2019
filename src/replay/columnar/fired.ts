import * as E from '#fp/Either'
import { sqlText } from '../../foundation/sql.ts'
import type { Rule, Ruleset } from '../../rulesets/ruleset.ts'
import { conditionSql } from '../../rulesets/sql/condition-sql.ts'
import type { EvidenceColumns } from '../../rulesets/sql/from-cel.ts'
import type { Correction } from '../correction/correction.ts'
import type { VersionOnRecord } from '../model/history.ts'
import { type SpanLimits, spansOf, withinSql } from './spans.ts'

/** The condition of a rule or a withdrawal cannot be evaluated in SQL. */
export type NotInSql = { readonly kind: 'not_in_sql'; readonly of: string; readonly reason: string }

export const describeNotInSql = ({ of, reason }: NotInSql): string =>
  `the condition of the ${of} cannot be evaluated in SQL: ${reason}`

type SignalSql = EvidenceColumns['signal']

/** A time in which the rules of a ruleset decide what is seen in evidence. */
type Sight = { readonly ruleset: Ruleset; readonly during: SpanLimits }

/**
 * Which evidence the corrected rules see although nothing fired at the time: conditions on `h_evidence`, of which one is true
 * where that of a rule of B is. Each is one condition and when it counts, so that DuckDB can compare columns with it while it
 * reads them.
 */
export const firedSql = (
  { rules }: Pick<Correction, 'rules'>,
  versions: ReadonlyArray<VersionOnRecord>,
  signal: SignalSql,
): E.Either<NotInSql, ReadonlyArray<string>> => {
  const sights: ReadonlyArray<Sight> =
    rules.kind === 'corrected'
      ? [{ ruleset: rules.ruleset, during: { from: null, until: null } }]
      : spansOf(versions).map((span) => ({ ruleset: span.ruleset, during: span }))
  const times = new Map<string, SpanLimits[]>()
  for (const { ruleset, during } of sights) {
    const conditions = new Set<string>()
    for (const rule of ruleset.rules) {
      const condition = sightingSql(rule, ruleset, signal)
      if (E.isLeft(condition))
        return E.left({ kind: 'not_in_sql', of: `rule ${rule.id}`, reason: condition.left })
      conditions.add(condition.right)
    }
    for (const condition of conditions) times.set(condition, [...(times.get(condition) ?? []), during])
  }
  return E.right([...times].map(([condition, during]) => `${withinSql(during)} AND (${condition})`))
}

/** The condition of a rule over evidence, as `sightingsIn` evaluates it. */
export const sightingSql = (rule: Rule, { signals }: Ruleset, signal: SignalSql): E.Either<string, string> =>
  conditionSql(rule.when, signals, {
    signal,
    detector: { kind: 'detector_kind::VARCHAR', id: 'detector', version: 'detector_version' },
    flag: { category: sqlText(rule.category), source: sqlText('own_initiative') },
    content: { id: 'content_id', kind: 'content_kind' },
  })
