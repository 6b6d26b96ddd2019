import { type Guard, guard, QueryStopped } from '../../app/query/guard.ts'
import type { Limits, Published } from '../../projection/published.ts'
import { CliError } from '../output.ts'
import { openOrFail } from '../published.ts'
import { onSignal, type Signal, signalExitCodes } from '../signals.ts'

type Session = Limits & {
  readonly data: string
  /** What DuckDB may take in all, in seconds. */
  readonly timeout: number
}

/**
 * Does work on the published projections that Ctrl-C, SIGTERM and the time allowed can end. A reader of the output who
 * leaves early ends it quietly.
 */
export const onPublished = async (
  session: Session,
  work: (published: Published, watch: Guard) => Promise<void>,
): Promise<void> => {
  const published = await openOrFail(session.data, session)
  const watch = guard(published.connection, session.timeout)
  const signalled = onSignal(() => watch.stop('interrupted'))
  let isStuck = false
  try {
    await work(published, watch)
  } catch (error) {
    if (!(error instanceof QueryStopped)) throw error
    isStuck = error.isStuck
    // The thread that DuckDB does not give back would keep the process alive.
    if (isStuck) setTimeout(() => process.exit(), 1_000)
    if (error.reason !== 'left') throw stoppedError(error, session.timeout, signalled())
  } finally {
    if (!isStuck) {
      await watch.finish()
      published.close()
    }
  }
}

/** What is said of a query that was ended. */
export const stoppedError = ({ reason }: QueryStopped, seconds: number, signal: Signal | null): CliError =>
  reason === 'timeout'
    ? new CliError(`the query took longer than ${seconds} s and was ended; allow it more with --timeout`)
    : new CliError(`stopped by ${signal ?? 'SIGINT'}`, signalExitCodes[signal ?? 'SIGINT'])
