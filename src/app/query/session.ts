import * as E from '#fp/Either'
import {
  describePublishedError,
  type Limits,
  openPublished,
  type Published,
} from '../../projection/published.ts'
import { outOfTime, QueryFailed, type StopSignal, stoppedBy } from './error.ts'
import { type Guard, guard, QueryStopped } from './guard.ts'

type Session = Limits & {
  readonly data: string
  /** DuckDB's time limit in total, in seconds. */
  readonly timeout: number
  /** Stops the work; its reason is a `StopSignal`. */
  readonly stop: AbortSignal
  /** Called if a thread of DuckDB is stuck, which then keeps the process alive. */
  readonly onStuck: () => void
}

/**
 * Does work on the published projections that `stop` or the time limit can end. If the reader of the output leaves
 * early, it ends quietly with null. Throws `QueryFailed`.
 */
export const onPublished = async <A>(
  session: Session,
  work: (published: Published, watch: Guard) => Promise<A>,
): Promise<A | null> => {
  const opened = await openPublished(session.data, session)
  if (E.isLeft(opened)) throw new QueryFailed(describePublishedError(opened.left))
  const published = opened.right
  const watch = guard(published.connection, session.timeout)
  const { stop } = session
  const interrupt = (): void => watch.stop('interrupted')
  stop.addEventListener('abort', interrupt)
  if (stop.aborted) interrupt()
  let isStuck = false
  try {
    return await work(published, watch)
  } catch (error) {
    if (!(error instanceof QueryStopped)) throw error
    isStuck = error.isStuck
    if (isStuck) session.onStuck()
    // Cast: the reason of every abort is a signal.
    const signal = stop.aborted ? (stop.reason as StopSignal) : null
    if (error.reason === 'left') return null
    throw stoppedError(error, session.timeout, signal)
  } finally {
    stop.removeEventListener('abort', interrupt)
    if (!isStuck) {
      await watch.finish()
      published.close()
    }
  }
}

/** The error of a query that was stopped. */
export const stoppedError = (
  { reason }: QueryStopped,
  seconds: number,
  signal: StopSignal | null,
): QueryFailed => (reason === 'timeout' ? outOfTime(seconds) : stoppedBy(signal ?? 'SIGINT'))
