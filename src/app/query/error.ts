/** What ends a query before its end, for who asked: named as the signals of a process are. */
export type StopSignal = 'SIGHUP' | 'SIGINT' | 'SIGTERM'

/** Why a query was not answered, or not to its end. */
export type QueryError = {
  readonly message: string
  /** Lines below the message: of SQL its place. */
  readonly details: ReadonlyArray<string>
  /** What stopped it; null: it failed. */
  readonly stoppedBy: StopSignal | null
}

/** Carries a `QueryError` out of what gives rows one after another. */
export class QueryFailed extends Error {
  readonly error: QueryError
  constructor(message: string, details: ReadonlyArray<string> = [], stoppedBy: StopSignal | null = null) {
    super(message)
    this.error = { message, details, stoppedBy }
  }
}

/** The error of a query that took longer than it may. */
export const outOfTime = (seconds: number): QueryFailed =>
  new QueryFailed(`the query took longer than ${seconds} s and was ended; allow it more with --timeout`)

/** The error of a query that was told to stop. */
export const stoppedBy = (signal: StopSignal): QueryFailed =>
  new QueryFailed(`stopped by ${signal}`, [], signal)
