import type { DuckDBConnection } from '@duckdb/node-api'
import { AUDITED_BELOW, FIRST_OF_KEY } from '../../domain/audit-sample.ts'
import { formatInstant } from '../../domain/time.ts'
import { rowsOf } from '../../projection/duckdb.ts'
import type { AuditedRule } from '../alarm/audited.ts'

/** A machine's decision that a reviewer is to look at. */
export type DueAudit = {
  readonly decisionId: string
  readonly account: string
  readonly kind: 'deactivation' | 'removal'
  /** When it was made, in ms. */
  readonly at: number
  /** `new`: one of the first decisions of a key; `sample`: one of the 2 % that tell how often a rule is right. */
  readonly because: 'new' | 'sample'
  readonly keys: ReadonlyArray<AuditedRule>
}

/** A decision to audit as JSON: times as RFC 3339. */
export const dueAuditJson = ({ at, ...audit }: DueAudit) => ({ ...audit, madeAt: formatInstant(at) })

const KEY = 'ruleset, rule, ruleset_version, detector, detector_version'

/**
 * The machines' decisions to audit that nobody has audited, whatever the verdict, in the order of their recording: of each key
 * the first of each of the first 20 accounts, and 2 % of all by the SHA-256 of their ids.
 */
export const dueAudits = async (connection: DuckDBConnection): Promise<ReadonlyArray<DueAudit>> => {
  const rows = await rowsOf(
    connection,
    `WITH made AS (
      SELECT account_no, account, decision_id, sequence, type, occurred_at, grounds FROM actions
      WHERE type IN ('account.deactivated.v1', 'content.removed.v1') AND decided_by_kind <> 'human'
    ), keyed AS (
      SELECT DISTINCT d.sequence, account_no, ${KEY}
      FROM (SELECT account_no, sequence, unnest(grounds) AS flag_id FROM made) d
      JOIN (SELECT account_no, flag_id, ${KEY} FROM actions
        WHERE type = 'flag.raised.v1' AND rule IS NOT NULL AND ruleset IS NOT NULL) f USING (account_no, flag_id)
    ), numbered AS (
      SELECT *, CASE WHEN nth = 1 THEN count(*) FILTER (nth = 1) OVER (PARTITION BY ${KEY} ORDER BY sequence) END AS number
      FROM (SELECT *, row_number() OVER (PARTITION BY account_no, ${KEY} ORDER BY sequence) AS nth FROM keyed)
    ), about AS (
      SELECT sequence, min(number) AS number,
        to_json(list({ ruleset: ruleset, version: ruleset_version, rule: rule,
          detector: { id: detector, version: detector_version } } ORDER BY ${KEY})) AS keys
      FROM numbered GROUP BY sequence
    )
    SELECT decision_id, account, type::VARCHAR, epoch_ms(occurred_at)::DOUBLE,
      coalesce(number <= ${FIRST_OF_KEY}, false), coalesce(keys::VARCHAR, '[]')
    FROM made LEFT JOIN about USING (sequence)
    ANTI JOIN (SELECT account_no, decision_id FROM actions WHERE type = 'decision.audited.v1') USING (account_no, decision_id)
    WHERE number <= ${FIRST_OF_KEY} OR sha256(decision_id) < '${AUDITED_BELOW}'
    ORDER BY sequence`,
  )
  return rows.map(([decisionId, account, type, at, isNew, keys]) => ({
    decisionId: String(decisionId),
    account: String(account),
    kind: type === 'content.removed.v1' ? 'removal' : 'deactivation',
    at: Number(at),
    because: isNew === true ? 'new' : 'sample',
    // Cast: made above.
    keys: JSON.parse(String(keys)) as ReadonlyArray<AuditedRule>,
  }))
}
