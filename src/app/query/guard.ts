import type { DuckDBConnection } from '@duckdb/node-api'

/** Why a query was ended before its end. */
export type StopReason = 'interrupted' | 'timeout' | 'left'

/** A query was ended. `isStuck`: DuckDB did not heed it, and only the end of the process will. */
export class QueryStopped extends Error {
  readonly reason: StopReason
  readonly isStuck: boolean
  constructor(reason: StopReason, isStuck = false) {
    super(reason)
    this.reason = reason
    this.isStuck = isStuck
  }
}

/** Watches over the calls that one query makes of DuckDB. */
export type Guard = {
  /** Makes a call, of `on` where it is another connection; throws `QueryStopped` when it was, or is, told to stop. */
  readonly call: <A>(work: () => Promise<A>, on?: DuckDBConnection) => Promise<A>
  readonly stop: (reason: StopReason) => void
  /** Stops what may still be under way, and waits for it: before that, a connection must not be closed. */
  readonly finish: () => Promise<void>
}

/** How long DuckDB may take to heed an interrupt, in ms. */
const GRACE = 3_000
/** The longest that a timer of Node's can be set to. */
const LONGEST = 2 ** 31 - 1

/** A guard that gives DuckDB `seconds` in all; what readers of the output take does not count. */
export const guard = (connection: DuckDBConnection, seconds: number): Guard => {
  let stopped: StopReason | null = null
  let underWay: { readonly work: Promise<unknown>; readonly on: DuckDBConnection } | null = null
  let left = seconds * 1000
  const stuck = Promise.withResolvers<never>()
  stuck.promise.catch(() => {})

  const stop = (reason: StopReason): void => {
    stopped ??= reason
    // Interrupted between two calls, the next fetch of a stream would never return (DuckDB 1.5).
    if (underWay === null) return
    underWay.on.interrupt()
    setTimeout(() => stuck.reject(new QueryStopped(reason, true)), GRACE).unref()
  }
  return {
    stop,
    finish: async () => {
      stop('left')
      await Promise.race([underWay?.work, stuck.promise]).catch(() => {})
    },
    call: async (work, on = connection) => {
      if (stopped !== null) throw new QueryStopped(stopped)
      const start = performance.now()
      const timer = setTimeout(() => stop('timeout'), Math.min(left, LONGEST))
      const working = work()
      underWay = { work: working, on }
      try {
        const result = await Promise.race([working, stuck.promise])
        // A fetch that was interrupted gives no error but the end of the rows.
        if (stopped !== null) throw new QueryStopped(stopped)
        return result
      } catch (error) {
        throw stopped === null || error instanceof QueryStopped ? error : new QueryStopped(stopped)
      } finally {
        underWay = null
        clearTimeout(timer)
        left -= performance.now() - start
      }
    },
  }
}
