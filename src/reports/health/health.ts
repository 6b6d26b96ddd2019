import type { DuckDBConnection } from '@duckdb/node-api'
import type { FlagSource } from '../../domain/parts.ts'
import type { RejectionCode } from '../../ingest/accept/rejection.ts'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import { rowsOf } from '../../projection/duckdb.ts'

const DAY = 86_400_000

/** A rule, its version and a detector whose decisions were overturned far more often of late than before. */
export type OverturnSpike = {
  readonly rule: string | null
  readonly rulesetVersion: string | null
  readonly detector: string
  readonly detectorVersion: string
  /** Decisions overturned in the last 7 days, whenever they were made. */
  readonly lastWeek: number
  /** The same a week, over the 28 days before. */
  readonly usualWeek: number
  /** How likely so many or more would be if nothing had changed. */
  readonly chance: number
  /** When the first and the last of those decisions were made, in ms. */
  readonly firstMade: number
  readonly lastMade: number
}

type WaitingAppeal = {
  readonly appealId: string
  readonly account: string
  readonly decisionId: string
  readonly category: string | null
  /** In ms. */
  readonly filedAt: number
}

export type WaitingAppeals = {
  readonly count: number
  /** Filed longer than so many days before the time asked about. */
  readonly over14Days: number
  readonly over30Days: number
  /** The ten that wait longest. */
  readonly oldest: ReadonlyArray<WaitingAppeal>
}

/** A flag that says something else of what brought it about than the notice on record that it names. */
type ContradictedFlag = {
  readonly flagId: string
  readonly account: string
  /** The service that published the flag. */
  readonly service: string
  /** In ms. */
  readonly raisedAt: number
  readonly says: FlagSource
  readonly noticeId: string
  readonly notifier: 'user' | 'trusted_flagger'
}

export type ContradictedFlags = {
  readonly count: number
  /** The ten raised last. */
  readonly latest: ReadonlyArray<ContradictedFlag>
}

/** What there is to know about how a platform's enforcement, and Redress itself, are doing. */
export type Health = {
  /** In ms. */
  readonly asOf: number
  readonly spikes: ReadonlyArray<OverturnSpike>
  readonly appeals: WaitingAppeals
  readonly contradicted: ContradictedFlags
  readonly lag: Lag
  readonly clock: ClockState
  readonly stopped: ReadonlyArray<{
    readonly projection: string
    readonly sequence: number
    readonly event: string
  }>
  /** Streams that somebody deleted or cut in the cluster, as far as the ledger has noticed. */
  readonly damaged: ReadonlyArray<DamagedStream>
  /** Dead letters that did not get in since, by reason; most first. */
  readonly deadLetters: ReadonlyArray<{ readonly code: RejectionCode; readonly count: number }>
}

/** This machine's clock beside what the ledger recorded last. */
export type ClockState = {
  /** In ms. */
  readonly now: number
  /** In ms; null: nothing is recorded yet. */
  readonly lastRecorded: number | null
  /** So far behind that nothing is recorded. */
  readonly isBehind: boolean
}

/** How far the projections are behind the ledger. */
export type Lag = {
  readonly projected: number
  readonly head: number
  /** When the ledger recorded the last event that is projected, in ms; null: there is none. */
  readonly recordedAt: number | null
}

/** Less likely than this, and at least so many decisions, is called a spike: a false alarm in some thousand weeks. */
const CHANCE = 1e-4
const LEAST = 5
const OLDEST = 10
const LATEST = 10

/**
 * The overturn spikes of the 7 days before `asOf` (ms), the least likely first. A decision counts for each origin of its
 * grounds. What is usual is the mean of the 28 days before; half a decision is added to it, so that a rule that never
 * was overturned has some chance to be. The number in a week is taken to be Poisson-distributed.
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

/** The chance of `count` or more where `expected` are expected, by Poisson's distribution; 1 where it is no more than that. */
export const chanceOf = (count: number, expected: number): number => {
  if (count <= expected) return 1
  // The tail itself is summed, from its largest term on: one minus the rest would lose all digits of a small chance.
  let term = Math.exp(-expected + count * Math.log(expected) - logFactorial(count))
  let tail = 0
  for (let k = count; term > tail * Number.EPSILON; k++) {
    tail += term
    term *= expected / (k + 1)
  }
  return Math.min(1, tail)
}

const logFactorial = (n: number): number => {
  let sum = 0
  for (let k = 2; k <= n; k++) sum += Math.log(k)
  return sum
}

/** The appeals that nobody has answered at an instant (ms), as far as is on record. */
export const waitingAppeals = async (connection: DuckDBConnection, asOf: number): Promise<WaitingAppeals> => {
  const [counts] = await rowsOf(
    connection,
    `SELECT count(*)::INTEGER, count(*) FILTER (ms_waited > ${14 * DAY})::INTEGER,
      count(*) FILTER (ms_waited > ${30 * DAY})::INTEGER
      FROM appeals_at(epoch_ms($1::BIGINT), 14) WHERE is_open`,
    [asOf],
  )
  const oldest = await rowsOf(
    connection,
    `SELECT appeal_id, account, decision_id, category, epoch_ms(filed_at)::DOUBLE
      FROM appeals_at(epoch_ms($1::BIGINT), 14) WHERE is_open ORDER BY filed_at, appeal_id LIMIT ${OLDEST}`,
    [asOf],
  )
  const [count, over14Days, over30Days] = (counts ?? []).map(Number)
  return {
    count: count ?? 0,
    over14Days: over14Days ?? 0,
    over30Days: over30Days ?? 0,
    oldest: oldest.map(([appealId, account, decisionId, category, filedAt]) => ({
      appealId: String(appealId),
      account: String(account),
      decisionId: String(decisionId),
      category: textOrNull(category),
      filedAt: Number(filedAt),
    })),
  }
}

/** The flags raised by an instant (ms) whose source contradicts the notice on record that they name. */
export const contradictedFlags = async (
  connection: DuckDBConnection,
  asOf: number,
): Promise<ContradictedFlags> => {
  const rows = await rowsOf(
    connection,
    `WITH notices AS (
      SELECT account_no, notice_id, notifier FROM actions
      WHERE type = 'notice.received.v1' AND occurred_at <= epoch_ms($1::BIGINT)
      QUALIFY row_number() OVER (PARTITION BY account_no, notice_id ORDER BY occurred_at, source, id) = 1
    )
    SELECT count(*) OVER ()::DOUBLE, flag_id, f.account, f.source, epoch_ms(f.occurred_at)::DOUBLE,
      f.flag_source::VARCHAR, notice_id, notices.notifier::VARCHAR
    FROM actions f JOIN notices USING (account_no, notice_id)
    WHERE f.type = 'flag.raised.v1' AND f.occurred_at <= epoch_ms($1::BIGINT)
      AND f.flag_source::VARCHAR <> CASE notices.notifier WHEN 'user' THEN 'user_notice' ELSE 'trusted_flagger' END
    ORDER BY f.occurred_at DESC, f.account, flag_id LIMIT ${LATEST}`,
    [asOf],
  )
  return {
    count: Number(rows[0]?.[0] ?? 0),
    latest: rows.map(([, flagId, account, service, raisedAt, says, noticeId, notifier]) => ({
      flagId: String(flagId),
      account: String(account),
      service: String(service),
      raisedAt: Number(raisedAt),
      // Casts: the column holds no other words.
      says: String(says) as FlagSource,
      noticeId: String(noticeId),
      notifier: String(notifier) as ContradictedFlag['notifier'],
    })),
  }
}

const textOrNull = (value: unknown): string | null => (value == null ? null : String(value))
