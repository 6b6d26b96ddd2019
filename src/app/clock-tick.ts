import * as E from '#fp/Either'
import { clockTick } from '../domain/clock-tick.ts'
import type { Ledger } from '../ledger/port.ts'
import { type AppError, failed } from './error.ts'
import { recordOwn } from './record-own.ts'

/** How long a ledger may be silent while something is due, in ms. */
export const SILENCE = 60_000

/** The last event of a ledger; `recordedAt` in ms since the epoch. */
export type LastEvent = { readonly sequence: number; readonly recordedAt: number }

/** When time must go by: something is due then or before, and there was no event for a minute. Null: nothing is due. */
export const tickDue = (nextDue: number | null, { recordedAt }: LastEvent): number | null =>
  nextDue === null ? null : Math.max(nextDue, recordedAt + SILENCE)

/** Lets time go by in a ledger after its last event. However many processes do it, it is recorded once. */
export const tickClock = async (
  ledger: Pick<Ledger, 'append'>,
  last: LastEvent,
): Promise<E.Either<AppError, null>> => {
  const recorded = await recordOwn(ledger, [clockTick(last)])
  if (E.isLeft(recorded)) return recorded
  const [conflict] = recorded.right.conflicts
  return conflict === undefined ? E.right(null) : failed(`the time could not be recorded: ${conflict}`)
}
