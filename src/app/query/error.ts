/** What stopped a query early, named like the signals of a process. */
export type StopSignal = 'SIGHUP' | 'SIGINT' | 'SIGTERM'

/** Why a query was not answered, or not completely. */
export type QueryError = {
  readonly message: string
  /** Lines below the message, such as the place in the SQL. */
  readonly details: ReadonlyArray<string>
  /** What stopped it; null: it failed. */
  readonly stoppedBy: StopSignal | null
}

/** Carries a `QueryError` out of generators of rows. */
export class QueryFailed extends Error {
  readonly error: QueryError
  constructor(message: string, details: ReadonlyArray<string> = [], stoppedBy: StopSignal | null = null) {
    super(message)
    this.error = { message, details, stoppedBy }
  }
}

/** The error of a query that exceeded its time limit. */
export const outOfTime = (seconds: number): QueryFailed =>
  new QueryFailed(`the query was stopped after ${seconds} s; allow it more time with --timeout`)

/** The error of a query that a signal stopped. */
export const stoppedBy = (signal: StopSignal): QueryFailed =>
  new QueryFailed(`stopped by ${signal}`, [], signal)
