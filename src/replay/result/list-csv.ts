import { csvField, csvLine } from '../../foundation/text/csv.ts'
import type { Reversible, ReviewItem } from './lists.ts'
import type { Row } from './rows.ts'

type Cell = string | null | ReadonlyArray<string> | undefined

/** The columns of a list; a name is the path of the field in NDJSON. */
export type Columns<T> = ReadonlyArray<readonly [name: string, cell: (item: T) => Cell]>

export const decisionColumns: Columns<Row> = [
  ['decisionId', ({ decisionId }) => decisionId],
  ['account', ({ account }) => account],
  ['kind', ({ kind }) => kind],
  ['occurredAt', ({ occurredAt }) => occurredAt],
  ['class', (row) => row.class],
  ['facts', ({ facts }) => facts],
  ['fallen', ({ fallen }) => fallen],
  ['remedy', ({ remedy }) => remedy],
  ['recorded.restriction', ({ recorded }) => recorded.restriction],
  ['original.verdict', ({ original }) => original?.verdict],
  ['original.restriction', ({ original }) => original?.restriction],
  ['corrected.verdict', ({ corrected }) => corrected.verdict],
  ['corrected.restriction', ({ corrected }) => corrected.restriction],
]

export const reversibleColumns: Columns<Reversible> = [
  ['account', ({ account }) => account],
  ['decisionIds', ({ decisionIds }) => decisionIds],
  ['content.id', ({ content }) => content?.id],
  ['content.kind', ({ content }) => content?.kind],
  ['flagsVoided', ({ flagsVoided }) => flagsVoided],
]

export const reviewColumns: Columns<ReviewItem> = [
  ['decisionId', ({ decisionId }) => decisionId],
  ['account', ({ account }) => account],
  ['kind', ({ kind }) => kind],
  ['occurredAt', ({ occurredAt }) => occurredAt],
  ['class', (item) => item.class],
  ['facts', ({ facts }) => facts],
  ['why', ({ why }) => why],
  ['says', ({ says }) => says],
  ['restsOn', ({ restsOn }) => restsOn],
  ['ruleset.id', ({ ruleset }) => ruleset?.id],
  ['ruleset.version', ({ ruleset }) => ruleset?.version],
]

/** A list as CSV, for a spreadsheet. Several values in one cell are separated by spaces, which none of them contains. */
export function* listCsv<T>(columns: Columns<T>, items: Iterable<T>): Iterable<string> {
  yield csvLine(columns.map(([name]) => name))
  for (const item of items) yield csvLine(columns.map(([, cell]) => csvField(textOf(cell(item)))))
}

/** An empty list is an empty cell, as is an absent value. */
const textOf = (cell: Cell): string | null =>
  cell === undefined || cell === null || cell.length === 0
    ? null
    : typeof cell === 'string'
      ? cell
      : cell.join(' ')
