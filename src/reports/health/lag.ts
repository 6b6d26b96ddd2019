import type { ProjectionProgress } from '../../projection/published.ts'

/** How far the projections are behind the ledger. */
export type Lag = {
  readonly projected: number
  readonly head: number
  /** When the ledger recorded the last projected event, in ms; null: there is none. */
  readonly recordedAt: number | null
}

/** How far the projections are behind a ledger whose last event has the sequence `head`. */
export const lagOf = ({ sequence, recordedAt }: ProjectionProgress, head: number): Lag => ({
  projected: sequence,
  head,
  recordedAt,
})
