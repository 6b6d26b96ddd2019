import type { StoredEvent } from '../domain/event.ts'
import { comparePlaces, type Place } from '../domain/order.ts'
import type { AppealOutcome, Restriction, ReversalReason } from '../domain/parts.ts'
import { instantOf } from '../domain/time.ts'

/** A reversal that names a decision; without `flagsVoided` it speaks of all its grounds. */
export type Reversal = {
  readonly place: Place
  readonly reason: ReversalReason
  readonly listsFlags: boolean
}
export type Answer = { readonly place: Place; readonly outcome: AppealOutcome }
export type Change = {
  readonly place: Place
  readonly restriction?: Restriction
  /** In ms; null: no end. */
  readonly until?: number | null
}

/** What later events say of one decision. They name it by its decisionId, whatever account they are on. */
export type Aftermath = {
  readonly reversals: Reversal[]
  /** The answers to appeals against it, in order. */
  readonly answers: Answer[]
  /** Whether each appeal filed against it has been answered. */
  readonly filingsAnswered: boolean[]
  /** In order. */
  readonly changes: Change[]
}

const untouched: Aftermath = { reversals: [], answers: [], filingsAnswered: [], changes: [] }

/** The aftermath of any decision, also of one that the ledger does not hold. */
export type AftermathOf = (decisionId: string) => Aftermath

type PlacedEvent<T> = { readonly place: Place; readonly data: T }

/** Everything that names a decision; of filings and answers only the first of each appealId. */
export type AftermathEvents = {
  readonly reversals: ReadonlyArray<PlacedEvent<StoredEvent<'account.reinstated.v1'>['data']>>
  readonly changes: ReadonlyArray<PlacedEvent<StoredEvent<'decision.changed.v1'>['data']>>
  readonly filings: ReadonlyArray<PlacedEvent<StoredEvent<'appeal.filed.v1'>['data']>>
  readonly answers: ReadonlyMap<string, PlacedEvent<StoredEvent<'appeal.decided.v1'>['data']>>
}

export const indexAftermaths = (events: AftermathEvents): AftermathOf => {
  const byDecision = new Map<string, Aftermath>()
  const of = (decisionId: string): Aftermath => {
    const known = byDecision.get(decisionId)
    if (known !== undefined) return known
    const fresh: Aftermath = { reversals: [], answers: [], filingsAnswered: [], changes: [] }
    byDecision.set(decisionId, fresh)
    return fresh
  }
  for (const { place, data } of events.reversals) {
    const reversal = { place, reason: data.reason, listsFlags: data.flagsVoided !== undefined }
    for (const decisionId of new Set(data.decisionIds)) of(decisionId).reversals.push(reversal)
  }
  for (const { place, data } of events.answers.values()) {
    of(data.decisionId).answers.push({ place, outcome: data.outcome })
  }
  for (const { data } of events.filings)
    of(data.decisionId).filingsAnswered.push(events.answers.has(data.appealId))
  for (const { place, data } of events.changes) {
    const until =
      data.until === undefined ? {} : { until: data.until === null ? null : instantOf(data.until) }
    const restriction = data.restriction === undefined ? {} : { restriction: data.restriction }
    of(data.decisionId).changes.push({ place, ...restriction, ...until })
  }
  for (const { answers, changes } of byDecision.values()) {
    answers.sort((a, b) => comparePlaces(a.place, b.place))
    changes.sort((a, b) => comparePlaces(a.place, b.place))
  }
  return (decisionId) => byDecision.get(decisionId) ?? untouched
}

/** Taken back for good: reversed for any reason but a served term, or won on appeal. */
export const withdrawn = (aftermath: Aftermath): boolean =>
  reversedForGood(aftermath) || aftermath.answers.some(({ outcome }) => outcome === 'reversed')

/** A reversal for any reason but `expiry` names it. */
export const reversedForGood = ({ reversals }: Aftermath): boolean =>
  reversals.some(({ reason }) => reason !== 'expiry')

/** A decision's end in ms as last changed; null: none. */
export const lastUntil = (first: number | null, { changes }: Aftermath): number | null => {
  const last = changes.findLast(({ until }) => until !== undefined)?.until
  return last === undefined ? first : last
}

/** A deactivation's restriction as last changed. */
export const lastRestriction = (first: Restriction, { changes }: Aftermath): Restriction =>
  changes.findLast(({ restriction }) => restriction !== undefined)?.restriction ?? first
