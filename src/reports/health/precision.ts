import type { DuckDBConnection } from '@duckdb/node-api'
import { AUDITED_BELOW } from '../../domain/audit-sample.ts'
import { confidenceSequence, type Interval } from '../../foundation/statistics/confidence-sequence.ts'
import { rowsOf } from '../../projection/duckdb.ts'
import { textOrNull } from './text-or-null.ts'

/** How often the decisions on a rule's flags are right, by the audits of the 2 % sample. */
export type RulePrecision = {
  readonly ruleset: string | null
  readonly rule: string | null
  readonly rulesetVersion: string | null
  readonly detector: string
  readonly detectorVersion: string
  /** Decisions that a reviewer found right or wrong. */
  readonly audited: number
  readonly right: number
  /** Where the share of right ones lies, at 95 %, however often one looks. */
  readonly interval: Interval
}

/** How many rules are reported. */
const MOST = 10

/**
 * The rules whose audited decisions by machines are wrong most often, as of an instant (ms). A decision counts for each origin of
 * its grounds, by the first verdict recorded on it that is not `unsure`.
 */
export const rulePrecision = async (
  connection: DuckDBConnection,
  asOf: number,
): Promise<ReadonlyArray<RulePrecision>> => {
  const rows = await rowsOf(
    connection,
    `WITH verdicts AS (
      SELECT account_no, decision_id, verdict FROM actions
      WHERE type = 'decision.audited.v1' AND verdict <> 'unsure' AND occurred_at <= epoch_ms($1::BIGINT)
        AND sha256(decision_id) < '${AUDITED_BELOW}'
      QUALIFY row_number() OVER (PARTITION BY account_no, decision_id ORDER BY recorded_at, occurred_at, occurred_ns, source, id) = 1
    ), origins AS (
      SELECT DISTINCT account_no, d.decision_id, d.verdict, f.ruleset, f.rule, f.ruleset_version, f.detector, f.detector_version
      FROM (SELECT account_no, decision_id, verdicts.verdict, unnest(a.grounds) AS flag_id FROM verdicts
        JOIN actions a USING (account_no, decision_id) WHERE a.grounds IS NOT NULL AND a.decided_by_kind <> 'human') d
      JOIN actions f USING (account_no, flag_id) WHERE f.type = 'flag.raised.v1'
    )
    SELECT ruleset, rule, ruleset_version, detector, detector_version, count(*)::DOUBLE,
      count(*) FILTER (verdict = 'right')::DOUBLE AS found_right
    FROM origins GROUP BY 1, 2, 3, 4, 5 ORDER BY found_right / count(*), count(*) DESC, 1, 2, 3, 4, 5 LIMIT ${MOST}`,
    [asOf],
  )
  return rows.map(([ruleset, rule, rulesetVersion, detector, detectorVersion, audited, right]) => ({
    ruleset: textOrNull(ruleset),
    rule: textOrNull(rule),
    rulesetVersion: textOrNull(rulesetVersion),
    detector: String(detector),
    detectorVersion: String(detectorVersion),
    audited: Number(audited),
    right: Number(right),
    interval: confidenceSequence({ successes: Number(right), failures: Number(audited) - Number(right) }),
  }))
}
