import { assertNever } from '../foundation/assert-never.ts'
import {
  type Aftermath,
  type Dated,
  indexAftermaths,
  indexVoidings,
  isReversalOwed,
  lastRestriction,
  lastUntil,
  type Voiding,
} from './aftermath.ts'
import { type Anomaly, anomaliesOf, reusedId, type WithOwnId } from './anomaly.ts'
import { type Appeal, answer, file } from './appeal.ts'
import { onlyInforms, type StoredEvent } from './event.ts'
import { flagSourceOf, type Notices } from './flag-source.ts'
import { type PlacedEvent, placeInOrder } from './order.ts'
import type { FlagSource, Restriction, ReversalReason } from './parts.ts'
import { instantOf } from './time.ts'

type MadeDecision = 'account.deactivated.v1' | 'content.removed.v1'

/** A decision and what became of it. Instants are in ms since the epoch. */
export type Decision = {
  readonly decisionId: string
  readonly at: number
  /** After the last change; null: no end. */
  readonly until: number | null
  /** In order; any of them ends the decision. */
  readonly reversals: ReadonlyArray<{ readonly at: number; readonly reason: ReversalReason }>
  /** Won on appeal, and not reversed since, other than by expiry. */
  readonly isReversalOwed: boolean
} & (
  | {
      readonly kind: 'deactivation'
      readonly made: StoredEvent<'account.deactivated.v1'>
      /** After the last change. */
      readonly restriction: Restriction
    }
  | { readonly kind: 'removal'; readonly made: StoredEvent<'content.removed.v1'> }
)

/** A flag, dated so that a ruleset can weigh it; `voided`: it no longer counts. */
export type Flag = {
  readonly at: number
  readonly raised: StoredEvent<'flag.raised.v1'>
  /** What led to it: the recorded notice that it refers to decides, whatever the flag itself says. */
  readonly source: FlagSource
  readonly voided: { readonly at: number; readonly by: Voiding['by'] } | null
  /** What detectors found later, in order. None of it changes the flag; a correction may read it instead. */
  readonly rescorings: ReadonlyArray<StoredEvent<'flag.rescored.v1'>>
}

/** Everything recorded about one account; every list is in the order of replay. */
export type Account = {
  readonly decisions: ReadonlyArray<Decision>
  readonly flags: ReadonlyArray<Flag>
  readonly appeals: ReadonlyArray<Appeal>
  readonly anomalies: ReadonlyArray<Anomaly>
}

/** The events in the order of replay, each (source, id) once. */
export const inOrder = (events: Iterable<StoredEvent>): ReadonlyArray<StoredEvent> =>
  placeInOrder(events).map(({ event }) => event)

/**
 * Folds one account's events, which may come in any order and more than once. Never fails: what cannot count is
 * an anomaly. For an earlier state of the account, fold only what was known, or had happened, by then.
 */
export const foldAccount = (events: Iterable<StoredEvent>): Account => foldPlaced(placeInOrder(events))

/** Folds one account's events, given in order and without duplicates. */
export const foldPlaced = (ordered: ReadonlyArray<PlacedEvent>): Account => {
  const anomalies: Anomaly[] = []
  const flags = new Map<string, PlacedEvent<'flag.raised.v1'>>()
  const decisions = new Map<string, PlacedEvent<MadeDecision>>()
  const appeals = new Map<string, Appeal>()
  const notices = firstNotices(ordered)

  // First what has its own id, because an event may refer to something dated after it.
  const counted: PlacedEvent[] = []
  for (const placed of ordered) {
    const taken = enter(placed, flags, decisions, appeals)
    if (taken === null) counted.push(placed)
    else anomalies.push(reusedId(taken, placed.place.at))
  }

  const later = {
    dismissals: [] as Dated<'flag.dismissed.v1'>[],
    changes: [] as Dated<'decision.changed.v1'>[],
    reversals: [] as Dated<'account.reinstated.v1' | 'content.restored.v1'>[],
    answers: [] as Dated<'appeal.decided.v1'>[],
  }
  const rescorings = new Map<string, StoredEvent<'flag.rescored.v1'>[]>()
  for (const placed of counted) {
    anomalies.push(...anomaliesOf(placed, { flags, decisions, appeals }))
    const { event, place } = placed
    if (onlyInforms(event)) continue
    switch (event.type) {
      case 'flag.rescored.v1': {
        const kept = rescorings.get(event.data.flagId)
        if (kept === undefined) rescorings.set(event.data.flagId, [event])
        else kept.push(event)
        break
      }
      case 'flag.dismissed.v1':
        later.dismissals.push({ place, data: event.data })
        break
      case 'decision.changed.v1':
        later.changes.push({ place, data: event.data })
        break
      case 'account.reinstated.v1':
      case 'content.restored.v1':
        later.reversals.push({ place, data: event.data })
        break
      case 'appeal.decided.v1':
        later.answers.push({ place, data: event.data })
        break
      case 'flag.raised.v1':
      case 'account.deactivated.v1':
      case 'content.removed.v1':
      case 'appeal.filed.v1':
      case 'notice.received.v1':
      case 'content.evaluated.v1':
      case 'ruleset.published.v1':
        break // these end nothing
      default:
        assertNever(event, 'type of event')
    }
  }

  const aftermathOf = indexAftermaths(later)
  const voidingOf = indexVoidings(later, {
    accountOfFlag: (flagId) => flags.get(flagId)?.event.subject,
    decision: (decisionId) => {
      const made = decisions.get(decisionId)?.event
      return made === undefined ? undefined : { account: made.subject, grounds: made.data.grounds }
    },
  })
  return {
    decisions: Array.from(decisions, ([decisionId, made]) => decisionOf(made, aftermathOf(decisionId))),
    flags: Array.from(flags, ([flagId, { event, place }]) => {
      const voiding = voidingOf(flagId)
      return {
        at: place.at,
        raised: event,
        source: flagSourceOf(event, notices),
        voided: voiding === undefined ? null : { at: voiding.place.at, by: voiding.by },
        rescorings: rescorings.get(flagId) ?? [],
      }
    }),
    appeals: [...appeals.values()],
    anomalies: anomalies.sort((a, b) => a.occurredAt - b.occurredAt),
  }
}

const firstNotices = (ordered: ReadonlyArray<PlacedEvent>): Notices => {
  const first = new Map<string, StoredEvent<'notice.received.v1'>>()
  for (const { event } of ordered) {
    if (event.type !== 'notice.received.v1' || first.has(event.data.noticeId)) continue
    first.set(event.data.noticeId, event)
  }
  return first
}

const decisionOf = ({ event: made, place }: PlacedEvent<MadeDecision>, aftermath: Aftermath): Decision => {
  const common = {
    decisionId: made.data.decisionId,
    at: place.at,
    reversals: aftermath.reversals.map(({ place: { at }, reason }) => ({ at, reason })),
    isReversalOwed: isReversalOwed(aftermath),
  }
  if (made.type === 'content.removed.v1') {
    return { ...common, kind: 'removal', made, until: lastUntil(null, aftermath) }
  }
  const first = made.data.until === undefined ? null : instantOf(made.data.until)
  return {
    ...common,
    kind: 'deactivation',
    made,
    restriction: lastRestriction(made.data.restriction, aftermath),
    until: lastUntil(first, aftermath),
  }
}

/** Enters an event under its own id; returns the event if that id is already in use. */
const enter = (
  { event, place }: PlacedEvent,
  flags: Map<string, PlacedEvent<'flag.raised.v1'>>,
  decisions: Map<string, PlacedEvent<MadeDecision>>,
  appeals: Map<string, Appeal>,
): WithOwnId | null => {
  if (onlyInforms(event)) return null
  switch (event.type) {
    case 'flag.raised.v1':
      if (flags.has(event.data.flagId)) return event
      flags.set(event.data.flagId, { event, place })
      return null
    case 'account.deactivated.v1':
    case 'content.removed.v1':
      if (decisions.has(event.data.decisionId)) return event
      decisions.set(event.data.decisionId, { event, place })
      return null
    case 'appeal.filed.v1':
    case 'appeal.decided.v1': {
      const before = appeals.get(event.data.appealId)
      const after = event.type === 'appeal.filed.v1' ? file(before, event) : answer(before, event)
      if (after === 'taken') return event
      appeals.set(event.data.appealId, after)
      return null
    }
    case 'flag.rescored.v1':
    case 'flag.dismissed.v1':
    case 'decision.changed.v1':
    case 'account.reinstated.v1':
    case 'content.restored.v1':
    case 'notice.received.v1':
    case 'content.evaluated.v1':
    case 'ruleset.published.v1':
      return null
    default:
      return assertNever(event, 'type of event')
  }
}
