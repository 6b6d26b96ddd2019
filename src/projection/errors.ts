import { describeLedgerError, type LedgerError } from '../ledger/port.ts'

export type ProjectionError =
  /** Another process is projecting into this data folder. */
  | { readonly kind: 'busy'; readonly message: string }
  /** DuckDB or the disk failed; what was published before stays as it is. */
  | { readonly kind: 'failed'; readonly message: string }
  | LedgerError

export const describeProjectionError = (error: ProjectionError): string => {
  switch (error.kind) {
    case 'busy':
      return error.message
    case 'failed':
      return `the projections could not be written or read: ${error.message}`
    default:
      return describeLedgerError(error)
  }
}

/** Thrown inside the runner and turned into a value at its edge. */
export class ProjectionFailure extends Error {
  readonly error: ProjectionError
  constructor(error: ProjectionError) {
    super(error.message)
    this.error = error
  }
}
