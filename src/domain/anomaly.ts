import type { Appeal } from './appeal.ts'
import { definitionOf, type StoredEvent } from './event.ts'
import { comparePlaces, type PlacedEvent } from './order.ts'

/** Something in an event that cannot count: kept and shown, so that nothing vanishes. */
export type Anomaly = { readonly source: string; readonly eventId: string; readonly occurredAt: number } & (
  | {
      /** An id means one thing: the first in order counts. */
      readonly kind: 'reused_id'
      readonly what: 'flag' | 'decision' | 'appeal filing' | 'appeal answer'
      readonly id: string
    }
  | { readonly kind: 'unknown_decision'; readonly decisionId: string }
  | { readonly kind: 'unknown_flag'; readonly flagId: string }
  | { readonly kind: 'unknown_appeal'; readonly appealId: string }
  /** It is dated before the decision that it refers to, but still counts. */
  | { readonly kind: 'before_decision'; readonly decisionId: string }
  /** The answer refers to a different decision than the appeal; the answer's counts. */
  | { readonly kind: 'other_decision'; readonly appealId: string; readonly decisionId: string }
  /** A content removal restricts no account, so there was no restriction to change. */
  | { readonly kind: 'no_restriction'; readonly decisionId: string }
)

/** One line for people. */
export const describeAnomaly = (anomaly: Anomaly): string => {
  switch (anomaly.kind) {
    case 'reused_id':
      return `the ${anomaly.what} id ${anomaly.id} is already in use: this one does not count`
    case 'unknown_decision':
      return `refers to the decision ${anomaly.decisionId}, which this account does not have`
    case 'unknown_flag':
      return `refers to the flag ${anomaly.flagId}, which this account does not have`
    case 'unknown_appeal':
      return `refers to the appeal ${anomaly.appealId}, whose filing is not on record`
    case 'before_decision':
      return `is dated before the decision ${anomaly.decisionId} that it refers to, but still counts`
    case 'other_decision':
      return `answers the appeal ${anomaly.appealId} but refers to the decision ${anomaly.decisionId}, not the one appealed`
    case 'no_restriction':
      return `changes the restriction of ${anomaly.decisionId}, but a content removal has none`
  }
}

/** The events that give something its own id. */
export type WithOwnId = StoredEvent<
  'flag.raised.v1' | 'account.deactivated.v1' | 'content.removed.v1' | 'appeal.filed.v1' | 'appeal.decided.v1'
>

/** An event whose own id is already in use. */
export const reusedId = (event: WithOwnId, at: number): Anomaly => ({
  kind: 'reused_id',
  ...ownId(event),
  ...whereOf(event, at),
})

const ownId = (event: WithOwnId): { what: Extract<Anomaly, { kind: 'reused_id' }>['what']; id: string } => {
  switch (event.type) {
    case 'flag.raised.v1':
      return { what: 'flag', id: event.data.flagId }
    case 'account.deactivated.v1':
    case 'content.removed.v1':
      return { what: 'decision', id: event.data.decisionId }
    case 'appeal.filed.v1':
      return { what: 'appeal filing', id: event.data.appealId }
    case 'appeal.decided.v1':
      return { what: 'appeal answer', id: event.data.appealId }
  }
}

/** What an account has on record, by id. */
export type Known = {
  readonly flags: ReadonlyMap<string, unknown>
  readonly decisions: ReadonlyMap<string, PlacedEvent<'account.deactivated.v1' | 'content.removed.v1'>>
  readonly appeals: ReadonlyMap<string, Appeal>
}

/** The anomalies of one event of an account. */
export const anomaliesOf = (
  { event, place }: PlacedEvent,
  { flags, decisions, appeals }: Known,
): ReadonlyArray<Anomaly> => {
  const where = whereOf(event, place.at)
  const anomalies: Anomaly[] = []
  const named = definitionOf(event.type).names?.(event.data) ?? {}
  for (const decisionId of new Set(named.decisionIds)) {
    const decision = decisions.get(decisionId)
    if (decision === undefined) anomalies.push({ kind: 'unknown_decision', decisionId, ...where })
    else if (comparePlaces(place, decision.place) < 0)
      anomalies.push({ kind: 'before_decision', decisionId, ...where })
  }
  for (const flagId of new Set(named.flagIds)) {
    if (!flags.has(flagId)) anomalies.push({ kind: 'unknown_flag', flagId, ...where })
  }
  if (named.appealId !== undefined) {
    const appeal = appeals.get(named.appealId)
    if (appeal === undefined || appeal.status === 'unfiled') {
      anomalies.push({ kind: 'unknown_appeal', appealId: named.appealId, ...where })
    } else if (event.type === 'appeal.decided.v1' && event.data.decisionId !== appeal.filed.data.decisionId) {
      const { appealId, decisionId } = event.data
      anomalies.push({ kind: 'other_decision', appealId, decisionId, ...where })
    }
  }
  if (event.type === 'decision.changed.v1' && event.data.restriction !== undefined) {
    const { decisionId } = event.data
    if (decisions.get(decisionId)?.event.type === 'content.removed.v1')
      anomalies.push({ kind: 'no_restriction', decisionId, ...where })
  }
  return anomalies
}

const whereOf = (event: StoredEvent, at: number) => ({
  source: event.source,
  eventId: event.id,
  occurredAt: at,
})
