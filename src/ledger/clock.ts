import * as E from '#fp/Either'
import { formatInstant, parseInstant } from '../domain/time.ts'
import type { Ledger, LedgerError } from './port.ts'

/** The ledger's clock. */
export type RecordingClock = {
  /** Ms since the epoch. */
  readonly clock: () => number
  /** Continue with the last recorded time if the clock is far behind it. */
  readonly acceptClock: boolean
}

/** How far the clock may be behind the last recorded time, in ms: clocks are corrected from time to time. */
const CLOCK_TOLERANCE = 5 * 60_000

/** Whether a clock is so far behind the last recorded time (null: none) that one of the two must be wrong. */
export const isBehind = (now: number, lastRecorded: number | null): boolean =>
  lastRecorded !== null && now < lastRecorded - CLOCK_TOLERANCE

/**
 * The time to record an event with: the clock's, but never before the last recorded time. A clock that is behind it
 * by more than the tolerance is refused, unless `accept` says to continue with the last recorded time.
 */
export const recordingTime = (
  now: number,
  lastRecorded: number | null,
  accept: boolean,
): E.Either<LedgerError, number> =>
  isBehind(now, lastRecorded) && !accept
    ? E.left({ kind: 'clock_behind', message: describeClockBehind(now, lastRecorded ?? 0) })
    : E.right(Math.max(now, lastRecorded ?? now))

const describeClockBehind = (now: number, lastRecorded: number): string => {
  const last = formatInstant(lastRecorded)
  return (
    `nothing is recorded: this machine's clock says ${formatInstant(now)}, but the last event was recorded at ${last}. ` +
    'Correct the clock and run this again. If it is right now and was ahead then, add --accept-clock: ' +
    `events are recorded with ${last} until the clock passes it`
  )
}

/** When the ledger recorded an event, in ms, by its stored text; undefined if Redress did not write that text. */
export const recordedAtOf = (canonical: string): number | undefined => {
  const { recordedat } = Object(JSON.parse(canonical))
  return typeof recordedat === 'string' ? parseInstant(recordedat) : undefined
}

/** When the ledger's last event was recorded, in ms; null when there is none. */
export const lastRecordedAt = async (
  ledger: Pick<Ledger, 'end' | 'at'>,
): Promise<E.Either<LedgerError, number | null>> => {
  const end = await ledger.end()
  if (E.isLeft(end)) return end
  if (end.right === null) return E.right(null)
  const last = await ledger.at(end.right)
  if (E.isLeft(last)) return last
  return E.right(last.right === null ? null : (recordedAtOf(last.right.canonical) ?? null))
}
