import { type ColumnValues, MOST_ROWS, type RowBuffer, type RowColumn, rowBuffer } from './buffer.ts'

/** Rows for a statement to read: buffers, and the number of rows in each. */
export type StatementRows<C extends RowColumn = RowColumn> = {
  readonly columns: ReadonlyArray<C>
  readonly buffers: ReadonlyArray<{ readonly buffer: RowBuffer; readonly rows: number }>
}

/** Rows that are added one by one, in as many buffers as they need. */
export class GrowingRows<C extends RowColumn> implements StatementRows<C> {
  readonly columns: ReadonlyArray<C>
  readonly buffers: { readonly buffer: RowBuffer; rows: number }[] = []
  /** The columns in which the values of the row are set that was added last. */
  values: ReadonlyArray<ColumnValues> = []

  constructor(columns: ReadonlyArray<C>) {
    this.columns = columns
  }

  /** Adds a row without values, and returns its place in the columns. */
  add(): number {
    let last = this.buffers.at(-1)
    if (last === undefined || last.rows === MOST_ROWS) {
      last = { buffer: rowBuffer(this.columns), rows: 0 }
      this.buffers.push(last)
      this.values = last.buffer.columns
    }
    return last.rows++
  }
}
