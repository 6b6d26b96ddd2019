import type { DuckDBConnection } from '@duckdb/node-api'
import { rowsOf } from '../../projection/duckdb.ts'
import { chanceOf } from './chance.ts'
import { textOrNull } from './text-or-null.ts'

/** A rule, its version and a detector whose decisions were overturned far more often recently than before. */
export type OverturnSpike = {
  readonly rule: string | null
  readonly rulesetVersion: string | null
  readonly detector: string
  readonly detectorVersion: string
  /** Decisions overturned in the last 7 days, whenever they were made. */
  readonly lastWeek: number
  /** The weekly average over the 28 days before. */
  readonly usualWeek: number
  /** The probability of this many or more if nothing had changed. */
  readonly chance: number
  /** When the first and the last of those decisions were made, in ms. */
  readonly firstMade: number
  readonly lastMade: number
}

/** A spike is less likely than this and has at least this many decisions: a false alarm once in thousands of weeks. */
const CHANCE = 1e-4
const LEAST = 5

const DAY = 86_400_000

/**
 * The overturn spikes of the 7 days before `asOf` (ms), the least likely first. A decision counts for each origin of its
 * grounds. The usual number is the mean of the 28 days before; half a decision is added, so that a rule that was never
 * overturned is not expected to stay so. The number in a week is assumed to be Poisson-distributed.
 */
export const overturnSpikes = async (
  connection: DuckDBConnection,
  asOf: number,
): Promise<ReadonlyArray<OverturnSpike>> => {
  const rows = await rowsOf(
    connection,
    `WITH resting AS (
      SELECT DISTINCT d.account, d.decision_id, made_at, overturned_at, rule, ruleset_version, detector, detector_version
      FROM (SELECT account, decision_id, made_at, overturned_at, unnest(grounds) AS flag_id FROM decisions
        WHERE overturned_at <= epoch_ms($1::BIGINT) AND overturned_at > epoch_ms($3::BIGINT)) d
      JOIN account_ids USING (account)
      JOIN actions f ON f.account_no = account_ids.account_no AND f.flag_id = d.flag_id AND f.type = 'flag.raised.v1'
    )
    SELECT rule, ruleset_version, detector, detector_version,
      count(*) FILTER (overturned_at > epoch_ms($2::BIGINT))::DOUBLE AS last_week,
      count(*) FILTER (overturned_at <= epoch_ms($2::BIGINT))::DOUBLE / 4 AS usual_week,
      epoch_ms(min(made_at) FILTER (overturned_at > epoch_ms($2::BIGINT)))::DOUBLE,
      epoch_ms(max(made_at) FILTER (overturned_at > epoch_ms($2::BIGINT)))::DOUBLE
    FROM resting GROUP BY ALL HAVING last_week >= ${LEAST} ORDER BY ALL`,
    [asOf, asOf - 7 * DAY, asOf - 35 * DAY],
  )
  return rows
    .map(([rule, rulesetVersion, detector, detectorVersion, lastWeek, usualWeek, first, last]) => ({
      rule: textOrNull(rule),
      rulesetVersion: textOrNull(rulesetVersion),
      detector: String(detector),
      detectorVersion: String(detectorVersion),
      lastWeek: Number(lastWeek),
      usualWeek: Number(usualWeek),
      chance: chanceOf(Number(lastWeek), Number(usualWeek) + 0.5),
      firstMade: Number(first),
      lastMade: Number(last),
    }))
    .filter(({ chance }) => chance < CHANCE)
    .sort((a, b) => a.chance - b.chance || b.lastWeek - a.lastWeek)
}
