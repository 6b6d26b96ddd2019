import type { Place } from '../../../domain/order.ts'
import type { JudgedRow } from '../../result/judge-part.ts'
import { isInside, type Kept, type Window } from '../../result/replay.ts'
import { parsedRow, type RowRun } from '../../result/row-list.ts'
import type { SortedRows } from '../../result/sorted-rows.ts'
import type { Base, Note } from './base.ts'

/** The rows of a base in a window that are not of certain accounts, which are judged again. */
export const keptOf = (
  { rows, accounts, shapeOf, shapes, notes, resting }: Base,
  isJudgedAgain: (accountNo: number) => boolean,
  window: Window,
): Kept => {
  const runs: RowRun[] = []
  const counts = new Uint32Array(shapes.length)
  const isKept = new Uint8Array(rows.size)
  let start = -1
  for (let index = 0; index <= rows.size; index++) {
    const keeps =
      index < rows.size && isInside(rows.at[index] ?? 0, window) && !isJudgedAgain(accounts[index] ?? 0)
    if (keeps) {
      isKept[index] = 1
      const shape = shapeOf[index] ?? 0
      counts[shape] = (counts[shape] ?? 0) + 1
      if (start === -1) start = index
    } else if (start !== -1) {
      runs.push({ of: rows, from: start, to: index })
      start = -1
    }
  }
  return {
    runs,
    counted: shapes.map((shape, index) => [shape, counts[index] ?? 0] as const),
    noted: function* () {
      for (const [index, note] of notes) {
        if (isKept[index] === 1) yield judgedRow(rows, index, note)
      }
    },
    resting: resting.filter(
      ({ accountNo, decision }) => isInside(decision.place.at, window) && !isJudgedAgain(accountNo),
    ),
  }
}

const judgedRow = (rows: SortedRows, index: number, note: Note): JudgedRow => ({
  row: parsedRow(rows, index),
  place: placeOfRow(rows, index),
  ...note,
})

/** The place of a decision's row: see `keyOfPlace`. */
const placeOfRow = (rows: SortedRows, index: number): Place => {
  const key = Buffer.from(rows.keyOf(index)).toString()
  const [source = '', id = '', subject = ''] = key.slice(1).split('\0')
  const [at = 0, nanos = 0] = [rows.at[index], rows.nanos[index]]
  return { at, nanos, rank: key.charCodeAt(0) - 1, source, id, subject }
}
