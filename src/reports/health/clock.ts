import { isBehind } from '../../ledger/clock.ts'

/** This machine's clock, compared with when the ledger last recorded an event. */
export type ClockState = {
  /** In ms. */
  readonly now: number
  /** In ms; null: nothing has been recorded yet. */
  readonly lastRecorded: number | null
  /** So far behind that the ledger refuses to record events. */
  readonly isBehind: boolean
}

/** Compares a clock with the time of the ledger's last recording (null: it is empty), both in ms. */
export const clockState = (now: number, lastRecorded: number | null): ClockState => ({
  now,
  lastRecorded,
  isBehind: isBehind(now, lastRecorded),
})
