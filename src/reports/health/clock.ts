import { isBehind } from '../../ledger/clock.ts'

/** This machine's clock beside what the ledger recorded last. */
export type ClockState = {
  /** In ms. */
  readonly now: number
  /** In ms; null: nothing is recorded yet. */
  readonly lastRecorded: number | null
  /** So far behind that nothing is recorded. */
  readonly isBehind: boolean
}

/** Compares a clock with the time that the ledger recorded last (null: it holds nothing), both in ms. */
export const clockState = (now: number, lastRecorded: number | null): ClockState => ({
  now,
  lastRecorded,
  isBehind: isBehind(now, lastRecorded),
})
