import * as E from '#fp/Either'
import { type Limits, openPublished, type Published } from '../../projection/published.ts'
import type { AppError } from '../error.ts'
import { publishedResult } from '../published.ts'
import { outOfTime, QueryFailed, stoppedByCaller } from './error.ts'
import { type Guard, guard, QueryStopped } from './guard.ts'

/** What queries of one data folder need. */
export type Session = Limits & {
  readonly data: string
  /** DuckDB's time limit in total, in seconds. */
  readonly timeout: number
  /** Stops the work. */
  readonly signal: AbortSignal
  /** Called if a thread of DuckDB is stuck, which then keeps the process alive. */
  readonly onStuck: () => void
}

/**
 * Does work on the published projections that `signal` or the time limit can end. If the reader of the output leaves
 * early, the result is null. What the work throws as `QueryFailed` is returned.
 */
export const onPublished = async <A>(
  session: Session,
  work: (published: Published, watch: Guard) => Promise<A>,
): Promise<E.Either<AppError, A | null>> => {
  const opened = publishedResult(await openPublished(session.data, session))
  if (E.isLeft(opened)) return opened
  const published = opened.right
  const watch = guard(published.connection, session.timeout)
  const { signal } = session
  const interrupt = (): void => watch.stop('interrupted')
  signal.addEventListener('abort', interrupt)
  if (signal.aborted) interrupt()
  let isStuck = false
  try {
    return E.right(await work(published, watch))
  } catch (error) {
    if (error instanceof QueryFailed) return E.left(error.error)
    if (!(error instanceof QueryStopped)) throw error
    isStuck = error.isStuck
    if (isStuck) session.onStuck()
    if (error.reason === 'left') return E.right(null)
    return E.left(error.reason === 'timeout' ? outOfTime(session.timeout) : stoppedByCaller)
  } finally {
    signal.removeEventListener('abort', interrupt)
    if (!isStuck) {
      await watch.finish()
      published.close()
    }
  }
}
