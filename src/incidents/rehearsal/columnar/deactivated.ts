import type { DuckDBConnection } from '@duckdb/node-api'
import { rowsOf } from '../../../projection/duckdb.ts'
import { lifetimeIn } from '../../../replay/reference/verdict.ts'
import type { RehearsedAccounts } from '../rehearsal.ts'
import type { Looking } from './looking.ts'
import { findPoints, type Side, sidesOf } from './points.ts'
import { findVoids } from './voids.ts'

/** Counts the accounts that only one version would deactivate in the window, as `wouldDeactivate` says of one account. */
export const countDeactivated = async (looking: Looking): Promise<RehearsedAccounts> => {
  const { connection, question, window } = looking
  const sides = sidesOf(question)
  const policies = sides.flatMap(policyRows)
  const counts = { onlyOld: 0, onlyNew: 0 }
  if (policies.length === 0 || !(await findPoints(looking))) {
    return { ...counts, sample: { onlyOld: [], onlyNew: [] } }
  }
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_counted AS
      SELECT * FROM r_points WHERE counts AND flag_id IS NOT NULL
      UNION ALL FROM (SELECT * FROM r_points ANTI JOIN
          (SELECT side, account_no, content_kind, content_id, rule_no FROM r_points
            WHERE flag_id IS NOT NULL AND content_id IS NOT NULL AND rule_no IS NOT NULL)
          USING (side, account_no, content_kind, content_id, rule_no)
        WHERE flag_id IS NULL
        QUALIFY row_number() OVER (PARTITION BY side, account_no, content_kind, content_id, rule_no
          ORDER BY ms, ns) = 1)`,
  )
  await findVoids(connection)
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_deactivated AS
      SELECT account_no, bool_or(side = 0) AS was, bool_or(side = 1) AS will
      FROM (${actingSql(policies, sides.flatMap(weightRows))})
      WHERE is_moment AND total >= at_least AND ms BETWEEN ${window.from} AND ${window.to}
      GROUP BY account_no HAVING was <> will`,
  )
  const counted = await rowsOf(connection, 'SELECT was, count(*)::DOUBLE FROM r_deactivated GROUP BY ALL')
  for (const [was, number] of counted) counts[was === true ? 'onlyOld' : 'onlyNew'] = Number(number)
  const drawn = (which: string) => drawDeactivated(connection, which, question.sample)
  return { ...counts, sample: { onlyOld: await drawn('was'), onlyNew: await drawn('will') } }
}

/** side, policy, at_least */
const policyRows = ({ number, ruleset }: Side): ReadonlyArray<string> =>
  ruleset.policies.map(({ atLeast }, policy) => `(${number}, ${policy}, ${atLeast})`)

/** side, policy, rule_no, strikes, lifetime: what a policy counts for a rule, and for how long in ms; NULL: for ever. */
const weightRows = ({ number, ruleset }: Side): ReadonlyArray<string> =>
  ruleset.policies.flatMap((policy, place) =>
    ruleset.rules.flatMap((rule, ruleNo) =>
      policy.categories === null || policy.categories.has(rule.category)
        ? [
            `(${number}, ${place}, ${ruleNo}, ${rule.strikes}, ${lifetimeIn(policy, { rule }) ?? 'NULL'}::BIGINT)`,
          ]
        : [],
    ),
  )

/**
 * Each policy's points over time: those of each thing are added at its moment and taken away when they expire, which is before
 * everything else in that millisecond, or after the moment at which the flag is voided. A flag that was voided before has
 * none. What else happens at one moment is in no order: only the sum after it counts.
 */
const actingSql = (policies: ReadonlyArray<string>, weights: ReadonlyArray<string>): string => `
  WITH policies (side, policy, at_least) AS (VALUES ${policies.join(', ')}),
  weights (side, policy, rule_no, strikes, lifetime) AS
    (VALUES ${[...weights, '(-1, 0, 0, 0, NULL::BIGINT)'].join(', ')}),
  starts AS (
    SELECT side, policy, at_least, account_no, ms, ns, ms + lifetime AS expires, void_ms, void_ns,
      if(void_ms < ms OR void_ms = ms AND void_ns < ns, 0, coalesce(strikes, 0)) AS strikes
    FROM r_counted JOIN policies USING (side) LEFT JOIN weights USING (side, policy, rule_no)
    LEFT JOIN r_voids USING (flag_id)),
  changes AS (
    SELECT side, policy, at_least, account_no, true AS is_moment, ms, 2 * ns + 1 AS step, strikes AS points
    FROM starts
    UNION ALL
    SELECT side, policy, at_least, account_no, false, expires, 0, -strikes
    FROM starts WHERE strikes > 0 AND expires IS NOT NULL AND (void_ms IS NULL OR expires <= void_ms)
    UNION ALL
    SELECT side, policy, at_least, account_no, false, void_ms, 2 * void_ns + 2, -strikes
    FROM starts WHERE strikes > 0 AND void_ms IS NOT NULL AND (expires IS NULL OR void_ms < expires))
  SELECT side, account_no, at_least, is_moment, ms, sum(points) OVER (PARTITION BY side, policy, account_no
    ORDER BY ms, step ROWS UNBOUNDED PRECEDING) AS total
  FROM changes`

const drawDeactivated = async (
  connection: DuckDBConnection,
  which: string,
  number: number,
): Promise<ReadonlyArray<string>> => {
  const rows = await rowsOf(
    connection,
    `SELECT account FROM r_deactivated JOIN h_accounts USING (account_no) WHERE ${which}
      ORDER BY sha256(account) LIMIT ${number}`,
  )
  return rows.map(([account]) => String(account))
}
