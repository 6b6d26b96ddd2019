import { type Aftermath, lastUntil } from '../../domain/aftermath.ts'
import { comparePlaces, type Place } from '../../domain/order.ts'
import type { AccountHistory, History, PlacedDeactivation, PlacedDecision } from '../model/history.ts'
import { isWrongful, type JudgementSoFar } from './judge.ts'
import { type Timeline, timelineOf } from './timeline.ts'

/** A deactivation, with what ends it. */
export type Ban = {
  readonly place: Place
  readonly decision: PlacedDeactivation
  /** The first reversal that names it. */
  readonly reversedAt: Place | null
  /** Its end in ms after the last change; null: none. */
  readonly until: number | null
}

/** A decision's end in ms after the last change; null: none. */
export const endOf = (decision: PlacedDecision, aftermath: Aftermath): number | null =>
  lastUntil(decision.kind === 'deactivation' ? decision.until : null, aftermath)

/** The deactivations that hold an account, at a moment. Moments must not decrease, and what is wrongful must stay so. */
export const bansHolding = (
  account: AccountHistory | undefined,
  history: Pick<History, 'aftermathOf'>,
  byDecision: ReadonlyMap<string, JudgementSoFar>,
): Timeline<Ban> => {
  const bans = (account?.decisions ?? []).flatMap((decision): ReadonlyArray<Ban> => {
    if (decision.kind !== 'deactivation') return []
    const aftermath = history.aftermathOf(decision.data.decisionId)
    const reversedAt = aftermath.reversals[0]?.place ?? null
    return [{ place: decision.place, decision, reversedAt, until: endOf(decision, aftermath) }]
  })
  return timelineOf(bans, ({ decision, reversedAt, until }, moment) => {
    const judgement = byDecision.get(decision.data.decisionId)
    return (
      (judgement !== undefined && isWrongful(judgement.class)) ||
      (reversedAt !== null && comparePlaces(reversedAt, moment) < 0) ||
      (until !== null && until <= moment.at)
    )
  })
}
