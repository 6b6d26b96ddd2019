import {
  BOOLEAN,
  DOUBLE,
  type DuckDBDataChunk,
  type DuckDBType,
  DuckDBVarCharType,
  ENUM8,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'

/** What a column of rows holds, as DuckDB reads it. `words`: one of a list, given as its number in it. */
export type RowType =
  | 'text'
  | 'json'
  | 'number'
  | 'integer'
  | 'boolean'
  | { readonly words: ReadonlyArray<string> }

export type RowColumn = { readonly name: string; readonly type: RowType }

/** The rows that DuckDB reads at once. */
export const MOST_ROWS = duckdb.vector_size()

/**
 * Room for up to `MOST_ROWS` rows, each column laid out as in DuckDB, so that it is copied as a whole. A call for each value,
 * as the client for Node offers it, takes several times as long. A value that is not set is null.
 */
export type RowBuffer = {
  readonly columns: ReadonlyArray<ColumnValues>
  /** Copies the first rows to a chunk with these columns. */
  readonly copyTo: (chunk: DuckDBDataChunk, rows: number) => void
}

export const rowBuffer = (columns: ReadonlyArray<RowColumn>): RowBuffer => {
  const values = columns.map(({ type }) => valuesOf(type))
  return {
    columns: values,
    copyTo: (chunk, rows) => {
      chunk.rowCount = rows
      for (const [i, column] of values.entries()) {
        column.copyTo(duckdb.data_chunk_get_vector(chunk.chunk, i), rows)
      }
    },
  }
}

/** The type of a column in DuckDB. */
export const duckdbType = (type: RowType): DuckDBType => {
  switch (type) {
    case 'text':
      return VARCHAR
    case 'json':
      return DuckDBVarCharType.create('JSON')
    case 'number':
      return DOUBLE
    case 'integer':
      return INTEGER
    case 'boolean':
      return BOOLEAN
    default:
      return ENUM8(type.words)
  }
}

const valuesOf = (type: RowType): ColumnValues => {
  switch (type) {
    case 'text':
    case 'json':
      return new Texts()
    case 'number':
      return new Numbers(new Float64Array(MOST_ROWS))
    case 'integer':
      return new Numbers(new Int32Array(MOST_ROWS))
    case 'boolean':
      return new Numbers(new Uint8Array(MOST_ROWS))
    default:
      return new Numbers(new Uint8Array(MOST_ROWS))
  }
}

/** The values of a column. */
export type ColumnValues = Texts | Numbers

/** A bit for each row: 1, it has a value. */
class Validity {
  readonly bits = new Uint8Array(MOST_ROWS / 8)

  set(row: number): void {
    this.bits[row >> 3] = (this.bits[row >> 3] ?? 0) | (1 << (row & 7))
  }

  copyTo(vector: duckdb.Vector, rows: number): void {
    duckdb.vector_ensure_validity_writable(vector)
    duckdb.copy_data_to_vector_validity(vector, 0, this.bits.buffer, 0, 8 * Math.ceil(rows / 64))
  }
}

/** Numbers, booleans (0 or 1), or the numbers of words. */
export class Numbers {
  readonly values: Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>
  private readonly validity = new Validity()

  constructor(values: Numbers['values']) {
    this.values = values
  }

  set(row: number, value: number): void {
    this.values[row] = value
    this.validity.set(row)
  }

  /** Replaces every value; what becomes of the rows without one does not matter. */
  replace(by: (value: number) => number): void {
    for (let row = 0; row < MOST_ROWS; row++) this.values[row] = by(this.values[row] ?? 0)
  }

  copyTo(vector: duckdb.Vector, rows: number): void {
    const { buffer, BYTES_PER_ELEMENT } = this.values
    duckdb.copy_data_to_vector(vector, 0, buffer, 0, rows * BYTES_PER_ELEMENT)
    this.validity.copyTo(vector, rows)
  }
}

/** The bytes of a text in DuckDB: its length in four, then the text itself if it is short, else where it is. */
const TEXT = 16
const SHORT = 12

export class Texts {
  private readonly bytes = new Uint8Array(TEXT * MOST_ROWS)
  private readonly long: string[] = []
  private readonly rowsOfLong: number[] = []
  private readonly validity = new Validity()

  set(row: number, text: string): void {
    this.validity.set(row)
    const { length } = text
    if (length <= SHORT) {
      const { bytes } = this
      const at = TEXT * row
      let i = 0
      for (; i < length; i++) {
        const code = text.charCodeAt(i)
        if (code > ASCII) break
        bytes[at + 4 + i] = code
      }
      if (i === length) {
        bytes[at] = length
        return
      }
    }
    this.rowsOfLong.push(row)
    this.long.push(text)
  }

  copyTo(vector: duckdb.Vector, rows: number): void {
    duckdb.copy_data_to_vector(vector, 0, this.bytes.buffer, 0, TEXT * rows)
    const { long, rowsOfLong } = this
    for (let i = 0; i < long.length; i++) {
      // Cast: the lists are as long as each other.
      duckdb.vector_assign_string_element(vector, rowsOfLong[i] as number, long[i] as string)
    }
    this.validity.copyTo(vector, rows)
  }
}

const ASCII = 127
