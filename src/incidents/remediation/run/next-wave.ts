import type { ReinstatementRequest } from '../../../domain/request.ts'
import { instantOf } from '../../../domain/time.ts'

/** A wave of fewer requests than this waits for all but one. */
const SMALL = 20
const SHARE = 0.95

/** How many of a wave's requests must be settled before the next wave. */
export const neededOf = (requests: number): number =>
  requests < SMALL ? Math.max(requests - 1, Math.min(requests, 1)) : Math.ceil(requests * SHARE)

/**
 * Since when a request is settled, in ms: it was carried out, or declined because the account or the content is gone; null: it
 * is not.
 */
export const settledAt = ({ carriedOutAt, declined }: ReinstatementRequest): number | null => {
  if (carriedOutAt !== null || declined === null) return carriedOutAt
  const { code } = declined.data
  return code === 'account_gone' || code === 'content_gone' ? instantOf(declined.recordedat) : null
}

/** A wave that is asked for. Instants are in ms since the epoch, by the ledger's clock. */
export type WaveProgress = {
  readonly startedAt: number
  readonly requests: number
  /** When each settled request was. */
  readonly settled: ReadonlyArray<number>
}

/**
 * When the next wave may start: so long (ms) after enough of this one was settled; at once after a wave that asked for nothing.
 * null: not enough is settled.
 */
export const nextWaveAt = ({ startedAt, requests, settled }: WaveProgress, soak: number): number | null => {
  const needed = neededOf(requests)
  if (needed === 0) return startedAt
  const enough = [...settled].sort((a, b) => a - b)[needed - 1]
  return enough === undefined ? null : Math.max(startedAt, enough) + soak
}
