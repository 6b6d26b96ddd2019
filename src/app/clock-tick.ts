import * as E from '#fp/Either'
import { clockTick } from '../domain/clock-tick.ts'
import { appendEvents } from '../ingest/pipeline/append-events.ts'
import { prepare } from '../ledger/event/prepare.ts'
import type { Ledger } from '../ledger/port.ts'
import { type AppError, failed } from './error.ts'
import { ledgerResult } from './results.ts'

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
  const tick = prepare(clockTick(last))
  if (E.isLeft(tick)) throw new Error(`${tick.left.path}: ${tick.left.problem}`)
  const appended = ledgerResult(await appendEvents(ledger, [tick.right]))
  if (E.isLeft(appended)) return appended
  const [outcome] = appended.right
  switch (outcome?.kind) {
    case 'appended':
    case 'duplicate':
      return E.right(null)
    case 'conflict':
      return failed(`the time could not be recorded: ${outcome.reason}`)
    default:
      return failed('the time could not be recorded: the stream "clock" is damaged')
  }
}
