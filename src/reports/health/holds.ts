import type { DuckDBConnection } from '@duckdb/node-api'
import { type HeldDecision, type HeldGround, type Hold, holdsOver } from '../../domain/hold.ts'
import { rowsOf } from '../../projection/duckdb.ts'

/** A hold that stands, and how many decisions were made under it although services were asked not to act. */
export type StandingHold = { readonly hold: Hold; readonly decisions: number }

/** The holds that stand at an instant (ms), by decisions known by then; the oldest first. */
export const standingHolds = async (
  connection: DuckDBConnection,
  holds: ReadonlyArray<Hold>,
  asOf: number,
): Promise<ReadonlyArray<StandingHold>> => {
  const standing = holds.filter(({ since, lifted }) => since <= asOf && (lifted === null || lifted.at > asOf))
  if (standing.length === 0) return []
  const made = await decisionsSince(connection, Math.min(...standing.map(({ since }) => since)), asOf)
  const counts = new Map<string, number>()
  for (const decision of made) {
    for (const { holdId } of holdsOver(standing, decision)) counts.set(holdId, (counts.get(holdId) ?? 0) + 1)
  }
  return standing.map((hold) => ({ hold, decisions: counts.get(hold.holdId) ?? 0 }))
}

/** The decisions of machines that were made from one instant to another (ms), with their grounds. */
const decisionsSince = async (
  connection: DuckDBConnection,
  from: number,
  to: number,
): Promise<ReadonlyArray<HeldDecision>> => {
  const rows = await rowsOf(
    connection,
    `WITH made AS (
      SELECT account_no, sequence, occurred_at, decided_by_kind, decided_by, ruleset, ruleset_version, grounds FROM actions
      WHERE type IN ('account.deactivated.v1', 'content.removed.v1') AND decided_by_kind <> 'human'
        AND occurred_at BETWEEN epoch_ms($1::BIGINT) AND epoch_ms($2::BIGINT)
    ), resting AS (
      SELECT d.sequence, list({ rule: f.rule, ruleset: f.ruleset, ruleset_version: f.ruleset_version, detector: f.detector,
        detector_version: f.detector_version }) AS flags
      FROM (SELECT account_no, sequence, unnest(grounds) AS flag_id FROM made) d
      JOIN actions f USING (account_no, flag_id) WHERE f.type = 'flag.raised.v1' GROUP BY 1
    )
    SELECT epoch_ms(occurred_at)::DOUBLE, decided_by_kind::VARCHAR, decided_by, ruleset, ruleset_version,
      coalesce(to_json(flags)::VARCHAR, '[]')
    FROM made LEFT JOIN resting USING (sequence)`,
    [from, to],
  )
  return rows.map(([at, kind, id, ruleset, version, flags]) => ({
    at: Number(at),
    decidedBy: { kind: String(kind), id: String(id) },
    ...(ruleset === null ? {} : { ruleset: { id: String(ruleset), version: String(version) } }),
    grounds: groundsOf(String(flags)),
  }))
}

type FlagRow = Readonly<
  Record<'detector' | 'detector_version', string> &
    Record<'rule' | 'ruleset' | 'ruleset_version', string | null>
>

const groundsOf = (json: string): ReadonlyArray<HeldGround> =>
  // Cast: made in the query above.
  (JSON.parse(json) as ReadonlyArray<FlagRow>).map((flag) => ({
    ...(flag.rule === null ? {} : { rule: { id: flag.rule } }),
    ...(flag.ruleset === null
      ? {}
      : { ruleset: { id: flag.ruleset, version: String(flag.ruleset_version) } }),
    detector: { id: flag.detector, version: flag.detector_version },
  }))
