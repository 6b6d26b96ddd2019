import type { Row } from './rows.ts'
import { compareRows, type SortedRows } from './sorted-rows.ts'

/** The reported rows: decisions in order, then missed accounts by id. */
export type RowList = Iterable<Row> & {
  readonly size: number
  /** Each row in canonical form (RFC 8785) with a line feed, as UTF-8, many in one piece. */
  readonly lines: () => Iterable<Uint8Array>
  readonly all: () => ReadonlyArray<Row>
}

/** Consecutive rows of some. */
export type RowRun = { readonly of: SortedRows; readonly from: number; readonly to: number }

/** The rows of these runs, one after the other. */
export const rowListOf = (runs: ReadonlyArray<RowRun>): RowList => {
  const each = function* (): Generator<Row> {
    for (const { of, from, to } of runs) {
      for (let index = from; index < to; index++) yield parsedRow(of, index)
    }
  }
  return {
    size: runs.reduce((sum, { from, to }) => sum + to - from, 0),
    *lines() {
      for (const { of, from, to } of runs) yield* of.textsOf(from, to)
    },
    all: () => [...each()],
    [Symbol.iterator]: each,
  }
}

// Cast: each text is a row that was added.
export const parsedRow = (rows: SortedRows, index: number): Row =>
  JSON.parse(Buffer.from(rows.textOf(index)).toString()) as Row

/** Runs of rows that are sorted, with other sorted rows where they belong. */
export const mergeRuns = (runs: ReadonlyArray<RowRun>, others: SortedRows): ReadonlyArray<RowRun> => {
  const merged: RowRun[] = []
  const add = (of: SortedRows, from: number, to: number): void => {
    if (from < to) merged.push({ of, from, to })
  }
  let next = 0
  for (const { of, from, to } of runs) {
    let start = from
    while (start < to) {
      if (next < others.size && compareRows(others, next, of, start) < 0) {
        const first = next
        while (next < others.size && compareRows(others, next, of, start) < 0) next++
        add(others, first, next)
      }
      const end = next < others.size ? firstAfter(of, start, to, others, next) : to
      // A row would be reported twice.
      if (end === start) throw new RangeError('two rows have one place')
      add(of, start, end)
      start = end
    }
  }
  add(others, next, others.size)
  return merged
}

/** The first row of a range that comes after another row; by binary search. */
const firstAfter = (
  rows: SortedRows,
  from: number,
  to: number,
  others: SortedRows,
  other: number,
): number => {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareRows(rows, middle, others, other) < 0) low = middle + 1
    else high = middle
  }
  return low
}
