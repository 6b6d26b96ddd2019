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
  /** Whether it says as of when the answer is. */
  readonly tellsStanding: boolean
  /** Where a Parquet file is made, and a folder for what is needed for that; null for other formats. */
  readonly parquet: { readonly path: string; readonly folder: string } | null
  /** As DuckDB writes it: `2GB`. */
  readonly memory: string
  /** In seconds. */
  readonly timeout: number
}

/** What that process says beside the rows; each message is a line of JSON. */
export type QueryMessage =
  | { readonly kind: 'note'; readonly line: string }
  /** Whether time counts from now on: it does not while somebody else reads. */
  | { readonly kind: 'clock'; readonly runs: boolean }
  | {
      readonly kind: 'ended'
      readonly exitCode: number
      /** Why it failed; null: it did not. */
      readonly message: string | null
      readonly details: ReadonlyArray<string>
    }

/** The file descriptor of the channel between both, in the process that answers. */
export const CHANNEL = 3
