import type { StoredEvent } from '../../domain/event.ts'
import { comparePlaces, type Place } from '../../domain/order.ts'
import type { AppealOutcome, Restriction, ReversalReason } from '../../domain/parts.ts'
import { instantOf } from '../../domain/time.ts'

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
  /** In order. */
  readonly reversals: ReadonlyArray<Reversal>
  /** The answers to appeals against it, in order. */
  readonly answers: ReadonlyArray<Answer>
  /** Whether each appeal filed against it has been answered. */
  readonly filingsAnswered: ReadonlyArray<boolean>
  /** In order. */
  readonly changes: ReadonlyArray<Change>
  /** A reversal for any reason but `expiry` names it. */
  readonly isReversedForGood: boolean
  /** Taken back for good: reversed for any reason but a served term, or won on appeal. */
  readonly isWithdrawn: boolean
}

type Gathered = {
  readonly reversals: Reversal[]
  readonly answers: Answer[]
  readonly filingsAnswered: boolean[]
  readonly changes: Change[]
}

const nothing = (): Gathered => ({ reversals: [], answers: [], filingsAnswered: [], changes: [] })

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
  const gathered = new Map<string, Gathered>()
  const of = (decisionId: string): Gathered => {
    const known = gathered.get(decisionId) ?? nothing()
    gathered.set(decisionId, known)
    return known
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
  const byDecision = new Map([...gathered].map(([decisionId, found]) => [decisionId, aftermathOf(found)]))
  return (decisionId) => byDecision.get(decisionId) ?? untouched
}

const aftermathOf = ({ reversals, answers, filingsAnswered, changes }: Gathered): Aftermath => {
  const isReversedForGood = reversals.some(({ reason }) => reason !== 'expiry')
  return {
    reversals: reversals.sort(inOrder),
    answers: answers.sort(inOrder),
    filingsAnswered,
    changes: changes.sort(inOrder),
    isReversedForGood,
    isWithdrawn: isReversedForGood || answers.some(({ outcome }) => outcome === 'reversed'),
  }
}

const inOrder = (a: { readonly place: Place }, b: { readonly place: Place }): number =>
  comparePlaces(a.place, b.place)

const untouched = aftermathOf(nothing())

/** A decision's end in ms as last changed; null: none. */
export const lastUntil = (first: number | null, { changes }: Aftermath): number | null => {
  const last = changes.findLast(({ until }) => until !== undefined)?.until
  return last === undefined ? first : last
}

/** A deactivation's restriction as last changed. */
export const lastRestriction = (first: Restriction, { changes }: Aftermath): Restriction =>
  changes.findLast(({ restriction }) => restriction !== undefined)?.restriction ?? first
