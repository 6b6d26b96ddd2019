import type { Flag } from '../src/domain/account.ts'
import type { StoredEvent } from '../src/domain/event.ts'
import { type Deactivation, standingOf, stateAt } from '../src/domain/standing.ts'
import { instantOf, LAST_INSTANT } from '../src/domain/time.ts'
import { greatest } from '../src/foundation/extremes.ts'
import { ruleNamed } from '../src/rulesets/ruleset.ts'
import { holdPeriods } from './hold-periods.ts'
import { AS_OF, instant, projection, type RulesetNamed } from './projection.ts'

/** A time before every `until`, so that whatever was not reversed still holds. */
const BEFORE_ALL_ENDS = Number.NEGATIVE_INFINITY

/** The state of each account. What depends on the time of the question is in the macro `accounts_at`. */
export const accounts = projection({
  name: 'accounts',
  version: 3,
  about:
    'Each account that any action was taken on, and its state; accounts_at(time): its state at that time',
  columns: {
    account: { type: 'VARCHAR', about: 'the account' },
    events: { type: 'INTEGER', about: 'the number of events on record for it, without evaluations' },
    first_at: { type: 'TIMESTAMP', about: 'when the first of these events happened' },
    last_at: { type: 'TIMESTAMP', about: 'when the last of these events happened' },
    suspended: {
      type: 'BOOLEAN',
      about: 'a suspension was not reversed (it may have ended: see suspended_until)',
    },
    suspended_until: { type: 'TIMESTAMP', about: 'when the last such suspension ends; null: no end' },
    terminated: { type: 'BOOLEAN', about: 'a termination was not reversed' },
    terminated_until: { type: 'TIMESTAMP', about: 'when the last such termination ends; null: no end' },
    held_by: { type: 'VARCHAR[]', about: 'the deactivations that were not reversed' },
    removed_content: { type: 'INTEGER', about: 'pieces of content whose removal was not reversed' },
    standing_flags: { type: 'INTEGER', about: 'flags that are not void' },
    strikes: {
      type: `STRUCT(flag_id VARCHAR, category VARCHAR, points INTEGER,
        since TIMESTAMP, expires_at TIMESTAMP, voided_at TIMESTAMP)[]`,
      about: 'the points of each flag, by the rule that it names; expires_at, voided_at null: never',
    },
    held: {
      type: 'STRUCT(decision_id VARCHAR, restriction VARCHAR, since TIMESTAMP, until TIMESTAMP)[]',
      about: 'when deactivations were in force, and which restriction; until null: no end',
    },
    unpriced_flags: {
      type: 'INTEGER',
      about: 'flags, not void, that name a rule but no published version that gives its points',
    },
    open_appeals: { type: 'VARCHAR[]', about: 'appeals without an answer' },
    reversal_owed: {
      type: 'VARCHAR[]',
      about: 'decisions whose appeal was won but that were not reversed',
    },
    decisions: { type: 'INTEGER', about: 'the number of decisions made' },
    oddities: {
      type: 'INTEGER',
      about: 'anomalies: what its events say that cannot count; see redress account',
    },
  },
  fold: ({ account, events, record }, rulesetNamed) => {
    const state = stateAt(record, BEFORE_ALL_ENDS)
    const held = record.decisions.filter(
      (decision): decision is Deactivation =>
        decision.kind === 'deactivation' && standingOf(decision, BEFORE_ALL_ENDS) === 'holds',
    )
    const suspensions = held.filter(({ restriction }) => restriction === 'suspended')
    const terminations = held.filter(({ restriction }) => restriction === 'terminated')
    const strikes = record.flags.map((flag) => strikeOf(flag, rulesetNamed))
    const standing = new Set(state.standingFlags.map(({ raised }) => raised.data.flagId))
    const timeOf = (event: StoredEvent | undefined) =>
      instant(event === undefined ? null : instantOf(event.time))
    return [
      {
        account,
        events: events.length,
        first_at: timeOf(events.at(0)),
        last_at: timeOf(events.at(-1)),
        suspended: suspensions.length > 0,
        suspended_until: instant(lastEnd(suspensions)),
        terminated: terminations.length > 0,
        terminated_until: instant(lastEnd(terminations)),
        held_by: held.map(({ decisionId }) => decisionId),
        removed_content: state.removedContent.length,
        standing_flags: state.standingFlags.length,
        strikes: strikes.flatMap(({ points, ...strike }) => (points > 0 ? [{ points, ...strike }] : [])),
        held: holdPeriods(events, record).map(({ decisionId, restriction, since, until }) => ({
          decision_id: decisionId,
          restriction,
          since: instant(since),
          until: instant(until),
        })),
        unpriced_flags: strikes.filter(({ points, flag_id }) => Number.isNaN(points) && standing.has(flag_id))
          .length,
        open_appeals: state.openAppeals.flatMap((appeal) =>
          appeal.status === 'open' ? [appeal.filed.data.appealId] : [],
        ),
        reversal_owed: state.reversalOwed.map(({ decisionId }) => decisionId),
        decisions: record.decisions.length,
        oddities: record.anomalies.length,
      },
    ]
  },
  views: [
    AS_OF,
    {
      kind: 'MACRO TABLE',
      name: 'accounts_at',
      about:
        'Each account at a time: its status (active, suspended or terminated), the deactivations in force, and the valid strike points',
      sql: `CREATE OR REPLACE MACRO accounts_at(as_of) AS TABLE
      SELECT account,
        CASE WHEN list_contains(restrictions, 'terminated') THEN 'terminated'
             WHEN list_contains(restrictions, 'suspended') THEN 'suspended'
             ELSE 'active' END AS status,
        held_by, strike_points
      FROM (
        SELECT account,
          [h.restriction FOR h IN held IF h.since <= t AND coalesce(h.until > t, true)] AS restrictions,
          [h.decision_id FOR h IN held IF h.since <= t AND coalesce(h.until > t, true)] AS held_by,
          coalesce(list_sum([s.points FOR s IN strikes IF s.since <= t
            AND coalesce(s.expires_at > t, true) AND coalesce(s.voided_at > t, true)]), 0)::BIGINT AS strike_points
        FROM accounts, (SELECT utc_instant(as_of) AS t) WHERE first_at <= t
      )`,
    },
  ],
})

/** When the last deactivation ends, in ms; null: never, or there are none. */
const lastEnd = (deactivations: ReadonlyArray<Deactivation>): number | null => {
  const last = greatest(deactivations.map(({ until }) => until ?? Number.POSITIVE_INFINITY))
  return Number.isFinite(last) ? last : null
}

/** The points of a flag, by its rule in the version that it names: 0 without a rule, NaN if the version is unknown. */
const strikeOf = ({ at, raised: { data }, voided }: Flag, rulesetNamed: RulesetNamed) => {
  const strike = { flag_id: data.flagId, since: instant(at), voided_at: instant(voided?.at ?? null) }
  const ruleId = data.rule?.id
  if (ruleId === undefined) return { ...strike, category: data.category, points: 0, expires_at: null }
  const version = data.ruleset === undefined ? undefined : rulesetNamed(data.ruleset)
  if (version === undefined)
    return { ...strike, category: data.category, points: Number.NaN, expires_at: null }
  const rule = ruleNamed(version, ruleId)
  const expires = at + (rule?.strikesExpireAfter ?? Number.POSITIVE_INFINITY)
  return {
    ...strike,
    category: rule?.category ?? data.category,
    points: rule?.strikes ?? 0,
    // An expiry after the last representable instant is no expiry.
    expires_at: instant(expires <= LAST_INSTANT ? expires : null),
  }
}
