import * as t from 'io-ts'
import { type Decision, type Flag, foldAccount } from '../../domain/account.ts'
import type { Filing } from '../../domain/appeal.ts'
import { closed, listOf, oneOf, orNull } from '../../domain/codec.ts'
import type { StoredEvent } from '../../domain/event.ts'
import { AccountId, AppealId, DecisionId, FlagId, Id } from '../../domain/ids.ts'
import { Count, DecidedByKind, DetectorKind, Restriction } from '../../domain/parts.ts'
import { stateAt } from '../../domain/standing.ts'
import { formatInstant, instantOf, Timestamp } from '../../domain/time.ts'

/** The name of the schema, with its version: another schema gets another one. */
export const ACCOUNT_STATE = 'account.state.v1'

const idOrNull = orNull(Id, 'an id or null')
const timeOrNull = orNull(Timestamp, 'a time or null')

const decision = {
  decisionId: DecisionId,
  since: Timestamp,
  until: timeOrNull,
  category: Id,
  ruleset: idOrNull,
  rulesetVersion: idOrNull,
  decidedByKind: DecidedByKind,
  decidedById: Id,
}

/** A deactivation that is not reversed, as last changed; it may have expired. */
export const StandingDeactivation = closed('a deactivation', { ...decision, restriction: Restriction })
/** A removal of content that is not reversed. */
export const StandingRemoval = closed('a removal', { ...decision, contentKind: Id, contentId: Id })
/** A flag that was not voided. */
export const StandingFlag = closed('a flag', {
  flagId: FlagId,
  raisedAt: Timestamp,
  category: Id,
  detectorKind: DetectorKind,
  detectorId: Id,
  detectorVersion: Id,
  rule: idOrNull,
  ruleset: idOrNull,
  rulesetVersion: idOrNull,
  contentKind: idOrNull,
  contentId: idOrNull,
})
/** An appeal without an answer. */
export const OpenAppeal = closed('an appeal', {
  appealId: AppealId,
  decisionId: DecisionId,
  filedAt: Timestamp,
})

/**
 * An account's state for others to store: everything on record about it counted, and what is still in effect listed.
 * It does not depend on when it was produced, so repeating it gives the same, and a reader can compute the status at
 * any time from the instants.
 */
export const PublishedState = closed(ACCOUNT_STATE, {
  type: oneOf(ACCOUNT_STATE),
  account: AccountId,
  events: Count,
  lastEventAt: Timestamp,
  lastRecordedAt: Timestamp,
  suspendedUntil: timeOrNull,
  terminatedUntil: timeOrNull,
  deactivationsMade: Count,
  deactivationsReversed: Count,
  removalsMade: Count,
  removalsReversed: Count,
  flagsRaised: Count,
  flagsStanding: Count,
  appealsFiled: Count,
  appealsOpen: Count,
  reversalsOwed: Count,
  truncated: t.boolean,
  deactivations: listOf(StandingDeactivation, 'a list of deactivations'),
  removals: listOf(StandingRemoval, 'a list of removals'),
  flags: listOf(StandingFlag, 'a list of flags'),
  openAppeals: listOf(OpenAppeal, 'a list of appeals'),
  decisionsToReverse: listOf(DecisionId, 'a list of decision ids'),
})
export type PublishedState = t.TypeOf<typeof PublishedState>

/** Means no end, and compares correctly with any time: the last instant that can be written. */
export const NO_END = formatInstant(Date.parse('9999-12-31T23:59:59.999Z'))

/** The state that an account's whole stream describes, in whatever order its events come; null for no events. */
export const accountStateOf = (events: ReadonlyArray<StoredEvent>): PublishedState | null => {
  const [first] = events
  if (first === undefined) return null
  const account = foldAccount(events)
  // Only what is the same at any instant is used here.
  const { standingFlags, openAppeals, reversalOwed } = stateAt(account, 0)
  const { deactivations, removals } = byKind(account.decisions)
  const standing = deactivations.filter(isStanding)
  const standingRemovals = removals.filter(isStanding)
  const latest = (instants: Iterable<number>) => formatInstant(Iterator.from(instants).reduce(later))
  return {
    type: ACCOUNT_STATE,
    account: first.subject,
    events: events.length,
    lastEventAt: latest(events.values().map(({ time }) => instantOf(time))),
    lastRecordedAt: latest(events.values().map(({ recordedat }) => instantOf(recordedat))),
    suspendedUntil: lastEnd(standing.filter(({ restriction }) => restriction === 'suspended')),
    terminatedUntil: lastEnd(standing.filter(({ restriction }) => restriction === 'terminated')),
    deactivationsMade: deactivations.length,
    deactivationsReversed: deactivations.length - standing.length,
    removalsMade: removals.length,
    removalsReversed: removals.length - standingRemovals.length,
    flagsRaised: account.flags.length,
    flagsStanding: standingFlags.length,
    appealsFiled: account.appeals.filter(({ status }) => status !== 'unfiled').length,
    appealsOpen: openAppeals.length,
    reversalsOwed: reversalOwed.length,
    truncated: false,
    deactivations: standing.map((one) => ({ ...decisionPart(one), restriction: one.restriction })),
    removals: standingRemovals.map((one) => {
      const { kind, id } = one.made.data.content
      return { ...decisionPart(one), contentKind: kind, contentId: id }
    }),
    flags: standingFlags.map(flagPart),
    openAppeals: openAppeals.flatMap((appeal) =>
      appeal.status === 'open' ? [appealPart(appeal.filed)] : [],
    ),
    decisionsToReverse: reversalOwed.map(({ made }) => made.data.decisionId),
  }
}

const later = (a: number, b: number): number => Math.max(a, b)

const isStanding = ({ reversals }: Decision): boolean => reversals.length === 0

const byKind = (decisions: ReadonlyArray<Decision>) => ({
  deactivations: decisions.filter((one) => one.kind === 'deactivation'),
  removals: decisions.filter((one) => one.kind === 'removal'),
})

const lastEnd = (standing: ReadonlyArray<Decision>): Timestamp | null => {
  if (standing.length === 0) return null
  const end = standing.map(({ until }) => until ?? Number.POSITIVE_INFINITY).reduce(later)
  return Number.isFinite(end) ? formatInstant(end) : NO_END
}

const decisionPart = ({ at, until, made }: Decision) => ({
  decisionId: made.data.decisionId,
  since: formatInstant(at),
  until: until === null ? null : formatInstant(until),
  category: made.data.category,
  ruleset: made.data.ruleset?.id ?? null,
  rulesetVersion: made.data.ruleset?.version ?? null,
  decidedByKind: made.data.decidedBy.kind,
  decidedById: made.data.decidedBy.id,
})

const flagPart = ({ at, raised: { data } }: Flag) => ({
  flagId: data.flagId,
  raisedAt: formatInstant(at),
  category: data.category,
  detectorKind: data.detector.kind,
  detectorId: data.detector.id,
  detectorVersion: data.detector.version,
  rule: data.rule?.id ?? null,
  ruleset: data.ruleset?.id ?? null,
  rulesetVersion: data.ruleset?.version ?? null,
  contentKind: data.content?.kind ?? null,
  contentId: data.content?.id ?? null,
})

const appealPart = ({ time, data }: Filing) => ({
  appealId: data.appealId,
  decisionId: data.decisionId,
  filedAt: formatInstant(instantOf(time)),
})
