import { assertNever } from '../foundation/assert-never.ts'
import { type Anomaly, anomaliesOf, reusedId, type WithOwnId } from './anomaly.ts'
import { type Appeal, answer, file } from './appeal.ts'
import { onlyInforms, type StoredEvent } from './event.ts'
import { flagSourceOf, type Notices } from './flag-source.ts'
import { comparePlaces, placeOf } from './order.ts'
import type { FlagSource, Restriction, ReversalReason } from './parts.ts'
import { instantOf } from './time.ts'

type Deactivated = StoredEvent<'account.deactivated.v1'>
type Removed = StoredEvent<'content.removed.v1'>

/** A reversal of one decision. */
export type Reversal = { readonly at: number; readonly reason: ReversalReason }

/** A decision and what became of it. Instants are in ms since the epoch. */
export type Decision = {
  readonly decisionId: string
  readonly at: number
  /** As last changed; null: no end. */
  readonly until: number | null
  /** In order; any of them ends the decision. */
  readonly reversals: ReadonlyArray<Reversal>
} & (
  | {
      readonly kind: 'deactivation'
      readonly made: Deactivated
      /** As last changed. */
      readonly restriction: Restriction
    }
  | { readonly kind: 'removal'; readonly made: Removed }
)

/** What made a flag void for every decision after it. */
export type Voided = { readonly at: number; readonly by: 'dismissal' | 'reversal' | 'appeal' }

/** A flag, dated so that a ruleset can price it; `voided`: it stands no longer. */
export type Flag = {
  readonly at: number
  readonly raised: StoredEvent<'flag.raised.v1'>
  /** What brought it about: as the notice on record says that it names, whatever it says itself. */
  readonly source: FlagSource
  readonly voided: Voided | null
}

/** All that is on record of one account, arranged; every list in the order of replay. */
export type Account = {
  readonly decisions: ReadonlyArray<Decision>
  readonly flags: ReadonlyArray<Flag>
  readonly appeals: ReadonlyArray<Appeal>
  readonly anomalies: ReadonlyArray<Anomaly>
}

/** The events in the order of replay, each (source, id) once. */
export const inOrder = (events: Iterable<StoredEvent>): ReadonlyArray<StoredEvent> => {
  const placed = Array.from(events, (event) => ({ event, place: placeOf(event) }))
  placed.sort((a, b) => comparePlaces(a.place, b.place))
  const seen = new Set<string>()
  const ordered: StoredEvent[] = []
  for (const { event } of placed) {
    const identity = `${event.source} ${event.id}` // a source has no blanks
    if (!seen.has(identity)) ordered.push(event)
    seen.add(identity)
  }
  return ordered
}

/**
 * Folds one account's events, which may come in any order and more than once. Never fails: what can't count is an
 * anomaly. To know the account as it was, fold only what was known, or had happened, by then.
 */
export const foldAccount = (events: Iterable<StoredEvent>): Account => {
  const ordered = inOrder(events)
  const anomalies: Anomaly[] = []
  const flags = new Map<string, StoredEvent<'flag.raised.v1'>>()
  const decisions = new Map<string, Deactivated | Removed>()
  const appeals = new Map<string, Appeal>()
  const notices = firstNotices(ordered)

  // First what has an id of its own, for an event may name what is dated after it.
  const counted: StoredEvent[] = []
  for (const event of ordered) {
    const taken = enter(event, flags, decisions, appeals)
    if (taken === null) counted.push(event)
    else anomalies.push(reusedId(taken))
  }

  const outcomes = new Map<string, Outcome>()
  const voids = new Map<string, Voided>()
  const voidFlags = (flagIds: ReadonlyArray<string>, voided: Voided) => {
    for (const flagId of flagIds) if (!voids.has(flagId)) voids.set(flagId, voided)
  }
  // A flag is void from the first time on, so a decision's grounds are looked at once, however often it is reversed.
  const voidedGrounds = new Set<string>()
  const voidGrounds = (decisionId: string, voided: Voided) => {
    if (voidedGrounds.has(decisionId)) return
    voidedGrounds.add(decisionId)
    voidFlags(decisions.get(decisionId)?.data.grounds ?? [], voided)
  }
  const outcomeOf = (decisionId: string): Outcome => {
    const outcome = outcomes.get(decisionId) ?? { reversals: [] }
    outcomes.set(decisionId, outcome)
    return outcome
  }

  for (const event of counted) {
    const at = instantOf(event.time)
    anomalies.push(...anomaliesOf(event, { flags, decisions, appeals }))
    if (onlyInforms(event)) continue
    switch (event.type) {
      case 'flag.dismissed.v1':
        voidFlags([event.data.flagId], { at, by: 'dismissal' })
        break
      case 'decision.changed.v1':
        change(outcomeOf(event.data.decisionId), event)
        break
      case 'account.reinstated.v1':
      case 'content.restored.v1': {
        const { decisionIds, reason, flagsVoided } = event.data
        const reversed = new Set(decisionIds)
        for (const decisionId of reversed) outcomeOf(decisionId).reversals.push({ at, reason })
        if (flagsVoided !== undefined) voidFlags(flagsVoided, { at, by: 'reversal' })
        else if (reason !== 'expiry') for (const id of reversed) voidGrounds(id, { at, by: 'reversal' })
        break
      }
      case 'appeal.decided.v1':
        if (event.data.outcome === 'reversed') {
          voidGrounds(event.data.decisionId, { at, by: 'appeal' })
        }
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

  return {
    decisions: Array.from(decisions.values(), (made) => decisionOf(made, outcomes.get(made.data.decisionId))),
    flags: Array.from(flags.values(), (raised) => ({
      at: instantOf(raised.time),
      raised,
      source: flagSourceOf(raised, notices),
      voided: voids.get(raised.data.flagId) ?? null,
    })),
    appeals: [...appeals.values()],
    anomalies: anomalies.sort((a, b) => a.occurredAt - b.occurredAt),
  }
}

const firstNotices = (ordered: ReadonlyArray<StoredEvent>): Notices => {
  const first = new Map<string, StoredEvent<'notice.received.v1'>>()
  for (const event of ordered) {
    if (event.type !== 'notice.received.v1' || first.has(event.data.noticeId)) continue
    first.set(event.data.noticeId, event)
  }
  return first
}

/** What later events made of a decision, gathered in their order; `undefined`: they did not touch it. */
type Outcome = {
  restriction?: Restriction
  until?: number | null
  readonly reversals: Reversal[]
}

const change = (outcome: Outcome, { data }: StoredEvent<'decision.changed.v1'>): void => {
  if (data.restriction !== undefined) outcome.restriction = data.restriction
  if (data.until !== undefined) outcome.until = data.until === null ? null : instantOf(data.until)
}

const decisionOf = (made: Deactivated | Removed, outcome: Outcome | undefined): Decision => {
  const { restriction, until, reversals = [] } = outcome ?? {}
  const { decisionId } = made.data
  const at = instantOf(made.time)
  if (made.type === 'content.removed.v1') {
    return { kind: 'removal', decisionId, at, made, until: until ?? null, reversals }
  }
  const first = made.data.until === undefined ? null : instantOf(made.data.until)
  return {
    kind: 'deactivation',
    decisionId,
    at,
    made,
    restriction: restriction ?? made.data.restriction,
    until: until === undefined ? first : until,
    reversals,
  }
}

/** Enters what has an id of its own under it; gives the event back when that id was taken. */
const enter = (
  event: StoredEvent,
  flags: Map<string, StoredEvent<'flag.raised.v1'>>,
  decisions: Map<string, Deactivated | Removed>,
  appeals: Map<string, Appeal>,
): WithOwnId | null => {
  if (onlyInforms(event)) return null
  switch (event.type) {
    case 'flag.raised.v1':
      if (flags.has(event.data.flagId)) return event
      flags.set(event.data.flagId, event)
      return null
    case 'account.deactivated.v1':
    case 'content.removed.v1':
      if (decisions.has(event.data.decisionId)) return event
      decisions.set(event.data.decisionId, event)
      return null
    case 'appeal.filed.v1':
    case 'appeal.decided.v1': {
      const before = appeals.get(event.data.appealId)
      const after = event.type === 'appeal.filed.v1' ? file(before, event) : answer(before, event)
      if (after === 'taken') return event
      appeals.set(event.data.appealId, after)
      return null
    }
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
