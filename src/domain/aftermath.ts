import type { EventType, StoredEvent } from './event.ts'
import { comparePlaces, type Place } from './order.ts'
import type { AppealOutcome, Restriction, ReversalReason } from './parts.ts'
import { instantOf } from './time.ts'

/** What an event says, and its place in the order of replay. */
export type Dated<T extends EventType> = { readonly place: Place; readonly data: StoredEvent<T>['data'] }

/**
 * The events that say what became of decisions and flags, in any order; of the answers to one appeal, only the one that
 * counts.
 */
export type LaterEvents = {
  readonly dismissals: ReadonlyArray<Dated<'flag.dismissed.v1'>>
  readonly changes: ReadonlyArray<Dated<'decision.changed.v1'>>
  readonly reversals: ReadonlyArray<Dated<'account.reinstated.v1' | 'content.restored.v1'>>
  readonly answers: ReadonlyArray<Dated<'appeal.decided.v1'>>
}

/** A reversal of a decision. */
type DecisionReversal = { readonly place: Place; readonly reason: ReversalReason }
/** The answer to an appeal against a decision. */
type DecisionAnswer = { readonly place: Place; readonly outcome: AppealOutcome }
type DecisionChange = {
  readonly place: Place
  readonly restriction?: Restriction
  /** In ms; null: no end. */
  readonly until?: number | null
}

/** What later events say about one decision. They refer to its decisionId, whatever account they are on. */
export type Aftermath = {
  /** In order. */
  readonly reversals: ReadonlyArray<DecisionReversal>
  /** The answers to appeals against it, in order. */
  readonly answers: ReadonlyArray<DecisionAnswer>
  /** In order. */
  readonly changes: ReadonlyArray<DecisionChange>
  /** Reversed for any reason other than `expiry`. */
  readonly isReversedForGood: boolean
  /** Withdrawn: reversed for any reason other than a served term, or won on appeal. */
  readonly isWithdrawn: boolean
}

/** The aftermath of any decision, even one that is not on record. */
export type AftermathOf = (decisionId: string) => Aftermath

type Gathered = {
  readonly reversals: DecisionReversal[]
  readonly answers: DecisionAnswer[]
  readonly changes: DecisionChange[]
}

const nothing = (): Gathered => ({ reversals: [], answers: [], changes: [] })

export const indexAftermaths = ({ reversals, answers, changes }: LaterEvents): AftermathOf => {
  const gathered = new Map<string, Gathered>()
  const of = (decisionId: string): Gathered => {
    const known = gathered.get(decisionId) ?? nothing()
    gathered.set(decisionId, known)
    return known
  }
  for (const { place, data } of reversals) {
    const reversal = { place, reason: data.reason }
    for (const decisionId of new Set(data.decisionIds)) of(decisionId).reversals.push(reversal)
  }
  for (const { place, data } of answers) of(data.decisionId).answers.push({ place, outcome: data.outcome })
  for (const { place, data } of changes) {
    const until =
      data.until === undefined ? {} : { until: data.until === null ? null : instantOf(data.until) }
    const restriction = data.restriction === undefined ? {} : { restriction: data.restriction }
    of(data.decisionId).changes.push({ place, ...restriction, ...until })
  }
  const byDecision = new Map([...gathered].map(([decisionId, found]) => [decisionId, aftermathOf(found)]))
  return (decisionId) => byDecision.get(decisionId) ?? untouched
}

const aftermathOf = ({ reversals, answers, changes }: Gathered): Aftermath => {
  const isReversedForGood = reversals.some(({ reason }) => reason !== 'expiry')
  return {
    reversals: reversals.sort(byPlace),
    answers: answers.sort(byPlace),
    changes: changes.sort(byPlace),
    isReversedForGood,
    isWithdrawn: isReversedForGood || answers.some(isWon),
  }
}

const byPlace = (a: { readonly place: Place }, b: { readonly place: Place }): number =>
  comparePlaces(a.place, b.place)

const isWon = ({ outcome }: { readonly outcome: AppealOutcome }): boolean => outcome === 'reversed'

const untouched = aftermathOf(nothing())

/** Won on appeal, and not reversed since, other than by expiry: a reversal is owed. */
export const isReversalOwed = ({ isWithdrawn, isReversedForGood }: Aftermath): boolean =>
  isWithdrawn && !isReversedForGood

/** A decision's end in ms after the last change; null: none. */
export const lastUntil = (first: number | null, { changes }: Aftermath): number | null => {
  const last = changes.findLast(({ until }) => until !== undefined)?.until
  return last === undefined ? first : last
}

/** A deactivation's restriction after the last change. */
export const lastRestriction = (first: Restriction, { changes }: Aftermath): Restriction =>
  changes.findLast(({ restriction }) => restriction !== undefined)?.restriction ?? first

/** What makes a flag void for every decision after it. */
export type Voiding = { readonly place: Place; readonly by: 'dismissal' | 'reversal' | 'appeal' }

/** The records that voidings look up. */
export type Recorded = {
  readonly accountOfFlag: (flagId: string) => string | undefined
  readonly decision: (
    decisionId: string,
  ) => { readonly account: string; readonly grounds: ReadonlyArray<string> } | undefined
}

/**
 * What voided a flag first: its dismissal, a reversal that lists it, or the withdrawal of a decision that it is a ground
 * of. Each voids only flags of its own account: the event's, or the decision's.
 */
export const indexVoidings = (
  events: LaterEvents,
  { accountOfFlag, decision }: Recorded,
): ((flagId: string) => Voiding | undefined) => {
  const firsts = new Map<string, Voiding>()
  const voidFlags = (flagIds: ReadonlyArray<string>, account: string, voiding: Voiding): void => {
    for (const flagId of flagIds) {
      if (accountOfFlag(flagId) === account) keepFirst(firsts, flagId, voiding)
    }
  }
  for (const { place, data } of events.dismissals) {
    voidFlags([data.flagId], place.subject, { place, by: 'dismissal' })
  }
  for (const { place, data } of events.reversals) {
    if (data.flagsVoided !== undefined) voidFlags(data.flagsVoided, place.subject, { place, by: 'reversal' })
  }
  for (const [decisionId, voiding] of voidingsOfGrounds(events)) {
    const found = decision(decisionId)
    if (found !== undefined) voidFlags(found.grounds, found.account, voiding)
  }
  return (flagId) => firsts.get(flagId)
}

/**
 * A reversal that lists no flags voids its decisions' grounds, unless a term was merely served, and so does a successful
 * appeal. Only the first of them counts for each decision: a decision can be reversed any number of times.
 */
const voidingsOfGrounds = ({ reversals, answers }: LaterEvents): ReadonlyMap<string, Voiding> => {
  const firsts = new Map<string, Voiding>()
  for (const { place, data } of reversals) {
    if (data.flagsVoided !== undefined || data.reason === 'expiry') continue
    for (const decisionId of data.decisionIds) keepFirst(firsts, decisionId, { place, by: 'reversal' })
  }
  for (const { place, data } of answers) {
    if (isWon(data)) keepFirst(firsts, data.decisionId, { place, by: 'appeal' })
  }
  return firsts
}

const keepFirst = (firsts: Map<string, Voiding>, id: string, voiding: Voiding): void => {
  const first = firsts.get(id)
  if (first === undefined || comparePlaces(voiding.place, first.place) < 0) firsts.set(id, voiding)
}
