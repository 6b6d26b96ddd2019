import type { AppError } from '../error.ts'

/**
 * Carries an error out of a query and its rows, which come one after another. It is caught at the doors: `onPublished` and
 * `answerQuery` return the error.
 */
export class QueryFailed extends Error {
  readonly error: AppError
  constructor(error: AppError) {
    super(error.message)
    this.error = error
  }
}

/** An error of the query; the details are lines below the message, such as the place in the SQL. */
export const queryFailed = (message: string, details: ReadonlyArray<string> = []): QueryFailed =>
  new QueryFailed({ kind: 'failed', message, ...(details.length === 0 ? {} : { details }) })

/** The error of a query that ran out of memory. */
export const outOfMemory = (): QueryFailed =>
  new QueryFailed({
    kind: 'failed',
    message: 'the query ran out of memory; allow it more, such as 8GB',
    options: ['memory'],
  })

/** The error of a query that exceeded its time limit. */
export const outOfTime = (seconds: number): AppError => ({
  kind: 'failed',
  message: `the query was stopped after ${seconds} s; allow it more time`,
  options: ['timeout'],
})

/** The error of a query that its caller stopped. */
export const stoppedByCaller: AppError = { kind: 'stopped', message: 'the query was stopped' }
