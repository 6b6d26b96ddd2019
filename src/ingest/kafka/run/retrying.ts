import { setTimeout } from 'node:timers/promises'
import { isRetriable, reasonOf } from '../errors.ts'
import type { Troubles } from './troubles.ts'

/** Retries requests to the brokers while that may help. Rejects with what cannot be retried. */
export type RetryTask = <A>(task: () => Promise<A>) => Promise<A>

/** Something retriable failed for too long. */
export class GaveUp extends Error {}

/** How long a request may fail before it is given up, in ms. */
export const PATIENCE = 120_000

const FIRST_PAUSE = 200
const LONGEST_PAUSE = 5_000

type Retrying = {
  readonly troubles: Troubles
  /** How long an error is retried, in ms; null: forever. */
  readonly patience: (error: unknown) => number | null
  /** Ends the retries. */
  readonly stop: AbortSignal
}

/** Retries with back-off, and reports each trouble once. */
export const retrying =
  ({ troubles, patience, stop }: Retrying): RetryTask =>
  async (task) => {
    const startedAt = Date.now()
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        const result = await task()
        troubles.recovered('admin')
        return result
      } catch (error) {
        if (stop.aborted || !isRetriable(error)) throw error
        troubles.hit('admin', reasonOf(error))
        const limit = patience(error)
        if (limit !== null && Date.now() - startedAt + pause > limit) {
          throw new GaveUp(reasonOf(error), { cause: error })
        }
        await setTimeout(pause, undefined, { signal: stop }).catch(() => {})
      }
    }
  }
