import { versionSql } from './flags.ts'
import { hexSql } from './ids.ts'
import { GUIDELINES, MERCHANT_VERSION, MERCHANTS, period } from './rulesets.ts'
import { DAY, type Generation, lasting, MINUTE, SECOND, seenSql } from './stage.ts'

const FOREVER = Number.MAX_SAFE_INTEGER
const WINDOW = 60 * DAY

/**
 * Makes the table `decisions` from the flags as the platform's services do: the strikes of an account are added up with
 * their expiry in a window of 60 days, and at enough of them it is deactivated; what some rules find is removed. Flags
 * that come after an account is down for good are dropped. Also makes the flags of evaders (`evasions`), who open another
 * account after a deactivation. `falls`: the rightful rules never asked for it, as far as that is simply known.
 */
export const makeDecisions = async (generation: Generation): Promise<void> => {
  const { connection, draws } = generation
  const { below, chance } = draws
  const sum = (days: number): string =>
    `coalesce(sum(CASE WHEN counts_for = ${days * DAY} THEN points END) OVER (PARTITION BY account_no ORDER BY moment
      RANGE BETWEEN ${days * DAY - 5 * MINUTE} PRECEDING AND CURRENT ROW), 0)`
  await connection.run(`CREATE TEMP TABLE bans AS
    WITH sums AS (SELECT *, ${[14, 30, 60].map(sum).join(' + ')} AS total FROM flags),
    due AS (
      SELECT *, CASE WHEN total >= 6 OR rule = 'violence.known_media' THEN 'terminated' ELSE 'suspended' END AS deserved,
        -- A few are banned too hard or too mildly: a fault of the service.
        CASE WHEN deserved = 'suspended' AND ${chance('x', 30, 4)} THEN 'terminated'
          WHEN deserved = 'terminated' AND ${chance('x', 30, 40)} THEN 'suspended' ELSE deserved END AS restriction,
        moment + CASE WHEN ${chance('x', 31, 2)} THEN -2000 ELSE ${lasting(draws, 'x', 32, 2 * SECOND, 4 * MINUTE)} END AS banned_at,
        CASE WHEN restriction = 'suspended' AND ${chance('x', 33, 100)}
          THEN banned_at + [7, 14, 30][1 + ${below('x', 34, 3)}] * ${DAY}::BIGINT END AS until
      FROM sums
      -- Some are banned for too little, another fault.
      WHERE points > 0 AND (total >= 3 OR ${chance('x', 35, 1)}) OR rule = 'merchant.undelivered'
    )
    SELECT *, coalesce(until, ${FOREVER}) AS holds_until FROM due
    QUALIFY coalesce(max(holds_until) OVER (PARTITION BY account_no ORDER BY moment, x
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) < banned_at`)
  await connection.run(`CREATE TEMP TABLE remaining AS
    WITH down AS (SELECT account_no, min(banned_at) AS down_at FROM bans WHERE until IS NULL GROUP BY account_no)
    SELECT flags.* FROM flags LEFT JOIN down USING (account_no) WHERE moment <= coalesce(down_at, ${FOREVER})+ ${10 * MINUTE}`)
  await connection.run('DROP TABLE flags')
  await connection.run('ALTER TABLE remaining RENAME TO flags')

  const common = (ruleset: string): string =>
    `CASE WHEN ${chance('x', 36, 6)} THEN NULL ELSE ${ruleset} END AS ruleset`
  await connection.run(`CREATE TEMP TABLE decisions AS
    WITH evidence AS (
      SELECT b.x, list(f.flag_id ORDER BY f.moment, f.x)[-8:] AS grounds,
        sum(f.points) FILTER (f.truth) AS low, sum(f.points) FILTER (f.truth IS NOT false) AS high,
        count(*) FILTER (f.version = '2025-02-30-hotfix') AS lost
      FROM bans b JOIN flags f ON f.account_no = b.account_no AND f.moment <= b.moment AND f.moment > b.banned_at - ${WINDOW}
        AND f.moment + f.counts_for > b.banned_at AND (f.points > 0 OR f.x = b.x)
      GROUP BY b.x
    )
    SELECT x * 2 + 1 AS x, 'd-' || ${hexSql('x * 2 + 1')} AS decision_id, 'deactivation' AS kind, account_no,
      banned_at AS moment, rule = 'merchant.undelivered' AS is_merchants, restriction, until, category, grounds,
      NOT is_merchants AND ${chance('x', 37, 80)} AS is_human, NULL::VARCHAR AS content_id, NULL::BIGINT AS created,
      NOT is_merchants AND NOT is_human AND lost = 0 AND total >= 3 AND coalesce(high, 0) < 3 AS falls,
      ${common(`CASE WHEN is_merchants THEN '${MERCHANTS}' ELSE '${GUIDELINES}' END`)}
    FROM bans JOIN evidence USING (x)
    UNION ALL BY NAME
    SELECT x * 2 AS x, 'd-' || ${hexSql('x * 2')} AS decision_id, 'removal' AS kind, account_no,
      moment + CASE WHEN ${chance('x', 38, 30)} THEN 0 ELSE ${lasting(draws, 'x', 39, SECOND, MINUTE)} END AS moment, false AS is_merchants,
      NULL AS restriction, NULL AS until, category, [flag_id] AS grounds, ${chance('x', 40, 10)} AS is_human, content_id, created,
      NOT is_human AND truth = false AND version IS DISTINCT FROM '2025-02-30-hotfix' AS falls, ${common(`'${GUIDELINES}'`)}
    FROM flags WHERE removes AND ${chance('x', 41, 950)}`)
  await connection.run('DROP TABLE bans')
  await evade(generation, `SELECT * FROM decisions WHERE kind = 'deactivation' AND NOT is_merchants`, 0)
  await evade(generation, `SELECT * FROM decisions WHERE x >= ${EVADERS}`, 1)
}

/** The numbers of evaders' flags and decisions start here, so that no story has them. */
const EVADERS = 2 ** 42

/** Some of those who were banned open another account, where they are found and banned again. */
const evade = async (
  { connection, draws, accounts }: Generation,
  banned: string,
  round: number,
): Promise<void> => {
  const { below, chance } = draws
  const share = `((moment - ${period.from}) / ${period.to - period.from}::DOUBLE)`
  await connection.run(`CREATE ${round === 0 ? 'TEMP TABLE evasions AS' : 'OR REPLACE TEMP TABLE more_evasions AS'}
    SELECT ${EVADERS} + x * 2 + ${round} AS x, 'f-' || ${hexSql('x')} || '-e' AS flag_id, [decision_id] AS because_of, falls,
      moment + ${lasting(draws, 'x', 50, 30 * MINUTE, 10 * DAY)} AS moment,
      -- One of the newest accounts.
      greatest(1, ${seenSql(accounts, share)} - 1 - ${below('x', 51, Math.max(2, Math.round(accounts / 50)))})::INTEGER AS account_no
    FROM (${banned}) WHERE ${chance('x', 52, 50)} AND moment < ${period.to - 11 * DAY}`)
  const made = round === 0 ? 'evasions' : 'more_evasions'
  await connection.run(`INSERT INTO decisions BY NAME
    SELECT x, 'd-' || ${hexSql('x')} AS decision_id, 'deactivation' AS kind, account_no, moment + ${lasting(draws, 'x', 53, 2 * SECOND, 4 * MINUTE)} AS moment,
      false AS is_merchants, 'suspended' AS restriction, 'ban_evasion' AS category, [flag_id] AS grounds, false AS is_human, falls,
      '${GUIDELINES}' AS ruleset
    FROM ${made}`)
  if (round > 0) await connection.run('INSERT INTO evasions FROM more_evasions')
}

/** The version that a decision names. */
export const decidedUnder = `CASE WHEN ruleset IS NULL THEN NULL WHEN is_merchants THEN '${MERCHANT_VERSION}' ELSE ${versionSql('moment')} END`
