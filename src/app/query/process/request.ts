import type { ProjectionProgress } from '../../../projection/published.ts'
import type { AppError } from '../../error.ts'

/** How a result is written. */
export const queryFormats = ['table', 'csv', 'json', 'parquet'] as const
export type QueryFormat = (typeof queryFormats)[number]

/** A request to a query process. */
export type QueryRequest = {
  readonly data: string
  readonly sql: string
  readonly format: QueryFormat
  /** The width of the terminal that a table must fit; null: the output is not a terminal, and nothing is cut. */
  readonly terminalWidth: number | null
  /** The path of the Parquet file, and a scratch folder; null for other formats. */
  readonly parquet: { readonly path: string; readonly folder: string } | null
  /** As DuckDB writes it: `2GB`. */
  readonly memory: string
  /** In seconds. */
  readonly timeout: number
}

/** What that process reports besides the rows, first what they are as of; each message is a line of JSON. */
export type QueryMessage =
  | { readonly kind: 'standing'; readonly standing: ProjectionProgress }
  /** Whether the clock runs from now on: it does not while the output is read. */
  | { readonly kind: 'clock'; readonly runs: boolean }
  /** Null: it succeeded. */
  | { readonly kind: 'ended'; readonly error: AppError | null }

/** The file descriptor of the channel between both, in the process that answers. */
export const CHANNEL = 3
