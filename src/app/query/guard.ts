import type { DuckDBConnection } from '@duckdb/node-api'

/** Why a query was stopped early. */
export type StopReason = 'interrupted' | 'timeout' | 'left'

/** A query was stopped. `isStuck`: DuckDB ignored the interrupt, and only the end of the process stops it. */
export class QueryStopped extends Error {
  readonly reason: StopReason
  readonly isStuck: boolean
  constructor(reason: StopReason, isStuck = false) {
    super(reason)
    this.reason = reason
    this.isStuck = isStuck
  }
}

/** Watches the calls that one query makes to DuckDB. */
export type Guard = {
  /** Makes a call, interruptible through `on` if it uses another connection; throws `QueryStopped` if the query is stopped. */
  readonly call: <A>(work: () => Promise<A>, on?: DuckDBConnection) => Promise<A>
  readonly stop: (reason: StopReason) => void
  /** Stops calls in progress, and waits for them: until then, the connection must not be closed. */
  readonly finish: () => Promise<void>
}

/** How long DuckDB may take to react to an interrupt, in ms. */
const GRACE = 3_000
/** The longest delay of a timer in Node. */
const LONGEST = 2 ** 31 - 1

/** A guard that gives DuckDB `seconds` in total; time spent by readers of the output does not count. */
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
        // An interrupted fetch returns the end of the rows, not an error.
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
