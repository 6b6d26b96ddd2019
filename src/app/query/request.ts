import type { ProjectionProgress } from '../../projection/published.ts'
import type { QueryError } from './error.ts'

/** How a result is written. */
export const queryFormats = ['table', 'csv', 'json', 'parquet'] as const
export type QueryFormat = (typeof queryFormats)[number]

/** What the process that a query runs in is asked for. */
export type QueryRequest = {
  readonly data: string
  readonly sql: string
  readonly format: QueryFormat
  /** How wide the terminal is on which a person looks at it: a table is made to fit; null: nobody does, and nothing is cut. */
  readonly terminalWidth: number | null
  /** Where a Parquet file is made, and a folder for what is needed for that; null for other formats. */
  readonly parquet: { readonly path: string; readonly folder: string } | null
  /** As DuckDB writes it: `2GB`. */
  readonly memory: string
  /** In seconds. */
  readonly timeout: number
}

/** What that process says beside the rows, first as of when they are; each message is a line of JSON. */
export type QueryMessage =
  | { readonly kind: 'standing'; readonly standing: ProjectionProgress }
  /** Whether time counts from now on: it does not while somebody else reads. */
  | { readonly kind: 'clock'; readonly runs: boolean }
  /** Null: it was answered. */
  | { readonly kind: 'ended'; readonly error: QueryError | null }

/** The file descriptor of the channel between both, in the process that answers. */
export const CHANNEL = 3
