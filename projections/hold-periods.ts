import type { Account } from '../src/domain/account.ts'
import type { StoredEvent } from '../src/domain/event.ts'
import type { Restriction } from '../src/domain/parts.ts'
import { instantOf } from '../src/domain/time.ts'
import { least } from '../src/foundation/extremes.ts'

/** A period in which a deactivation held an account, in ms: from `since` until before `until` (null: no end). */
export type HoldPeriod = {
  readonly decisionId: string
  readonly restriction: Restriction
  readonly since: number
  readonly until: number | null
}

type Change = { readonly at: number; readonly data: StoredEvent<'decision.changed.v1'>['data'] }

/**
 * When each deactivation of an account held it, and with which restriction. The periods that contain an instant are the
 * deactivations that `stateAt` calls holding, given the events up to that instant.
 */
export const holdPeriods = (
  events: ReadonlyArray<StoredEvent>,
  { decisions }: Pick<Account, 'decisions'>,
): ReadonlyArray<HoldPeriod> => {
  const changes = new Map<string, Change[]>()
  for (const event of events) {
    if (event.type !== 'decision.changed.v1') continue
    const of = changes.get(event.data.decisionId) ?? []
    of.push({ at: instantOf(event.time), data: event.data })
    changes.set(event.data.decisionId, of)
  }
  const periods: HoldPeriod[] = []
  for (const { decisionId, at: made, made: decision, reversals } of decisions) {
    if (decision.type !== 'account.deactivated.v1') continue
    const reversed = least(reversals.map(({ at }) => at))
    let { restriction } = decision.data
    let until = decision.data.until === undefined ? Number.POSITIVE_INFINITY : instantOf(decision.data.until)
    let since = made
    const close = (next: number): void => {
      const end = Math.min(next, until, reversed)
      if (since < end) {
        periods.push({ decisionId, restriction, since, until: Number.isFinite(end) ? end : null })
      }
    }
    for (const { at, data } of changes.get(decisionId) ?? []) {
      close(at)
      // A change dated before its decision counts from when the decision was made.
      since = Math.max(at, made)
      restriction = data.restriction ?? restriction
      if (data.until !== undefined) {
        until = data.until === null ? Number.POSITIVE_INFINITY : instantOf(data.until)
      }
    }
    close(Number.POSITIVE_INFINITY)
  }
  return periods
}
