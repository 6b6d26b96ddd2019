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
  return Promise.all(
    standing.map(async (hold) => ({ hold, decisions: await decisionsUnder(connection, hold, asOf) })),
  )
}

/**
 * How many decisions machines made under a hold until an instant (ms). Those that are alike are looked at once: under a hold of
 * months there may be millions.
 */
const decisionsUnder = async (connection: DuckDBConnection, hold: Hold, until: number): Promise<number> => {
  const rows = await rowsOf(
    connection,
    `WITH made AS (
      SELECT account_no, sequence, decided_by_kind, decided_by, ruleset, ruleset_version, grounds FROM actions
      WHERE type IN ('account.deactivated.v1', 'content.removed.v1') AND decided_by_kind <> 'human'
        AND occurred_at BETWEEN epoch_ms($1::BIGINT) AND epoch_ms($2::BIGINT)
    ), resting AS (
      SELECT d.sequence, list_sort(list(DISTINCT { rule: f.rule, ruleset: f.ruleset, ruleset_version: f.ruleset_version,
        detector: f.detector, detector_version: f.detector_version })) AS flags
      FROM (SELECT account_no, sequence, unnest(grounds) AS flag_id FROM made) d
      JOIN actions f USING (account_no, flag_id) WHERE f.type = 'flag.raised.v1' GROUP BY 1
    )
    SELECT count(*)::DOUBLE, decided_by_kind::VARCHAR, decided_by, ruleset, ruleset_version,
      coalesce(to_json(flags)::VARCHAR, '[]')
    FROM made LEFT JOIN resting USING (sequence) GROUP BY 2, 3, 4, 5, 6`,
    [hold.since, until],
  )
  let decisions = 0
  for (const [count, kind, id, ruleset, version, flags] of rows) {
    const alike: HeldDecision = {
      at: hold.since,
      decidedBy: { kind: String(kind), id: String(id) },
      ...(ruleset === null ? {} : { ruleset: { id: String(ruleset), version: String(version) } }),
      grounds: groundsOf(String(flags)),
    }
    if (holdsOver([hold], alike).length > 0) decisions += Number(count)
  }
  return decisions
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
