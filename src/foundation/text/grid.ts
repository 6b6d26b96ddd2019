import { greatest } from '../extremes.ts'
import { cut } from './fit-text.ts'
import { widthOf } from './text-width.ts'

/** A column of a grid. Its title and its cells are safe to show. */
export type GridColumn = { readonly title: string; readonly isNumber: boolean }

/** Rows laid out in columns, numbers right-aligned. */
export type Grid = {
  /** The titles, with a rule below them. */
  readonly head: ReadonlyArray<string>
  readonly line: (cells: ReadonlyArray<string>) => string
  /** How many of the columns are shown. */
  readonly shown: number
}

/** A column with its index among the cells and its assigned width. */
type Sized = GridColumn & {
  readonly index: number
  readonly width: number
  /** Narrower would be unreadable: a number is never cut. */
  readonly least: number
}

const BETWEEN = 2
const LEFT_OUT = '\u2026'
/** No column is made narrower than this to make room for others. */
const NARROW = 20
/** A column on its own that has no room. */
const NARROWEST = 4

/**
 * Lays out columns for rows, of which those in `measured` determine the widths. If they need more than `room`, the
 * widest are cut, and if that is not enough, those in the middle are left out, as in DuckDB's own shell; null:
 * nothing is cut.
 */
export const gridOf = (
  columns: ReadonlyArray<GridColumn>,
  measured: ReadonlyArray<ReadonlyArray<string>>,
  room: number | null,
): Grid => {
  const whole = columns.map((column, index): Sized => {
    const cells = greatest([0, ...measured.map((row) => widthOf(row[index] ?? ''))])
    const width = Math.max(widthOf(column.title), cells)
    return { ...column, index, width, least: column.isNumber ? cells : Math.min(width, NARROWEST) }
  })
  const slots = room === null ? whole : fitted(whole, room)
  const join = (cellOf: (column: Sized) => string): string =>
    slots
      .map((slot) => (slot === null ? LEFT_OUT : cellOf(slot)))
      .join(' '.repeat(BETWEEN))
      .trimEnd()
  const shownIn = (column: Sized, text: string): string =>
    padded(column, room !== null && widthOf(text) > column.width ? cut(text, column.width) : text)
  return {
    head: [join((column) => shownIn(column, column.title)), join(({ width }) => '-'.repeat(width))],
    line: (cells) => join((column) => shownIn(column, cells[column.index] ?? '')),
    shown: slots.filter((slot) => slot !== null).length,
  }
}

const padded = ({ width, isNumber }: Sized, text: string): string => {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)))
  return isNumber ? blanks + text : text + blanks
}

/** The width of a line. */
const taken = (widths: ReadonlyArray<number>): number =>
  widths.reduce((sum, width) => sum + width, BETWEEN * (widths.length - 1))

const narrowed = ({ width, least }: Sized): number => Math.min(width, Math.max(least, NARROW))

/** The columns shown within a width; null marks where some are left out. */
const fitted = (columns: ReadonlyArray<Sized>, room: number): ReadonlyArray<Sized | null> => {
  const [left, right] = kept(columns.map(narrowed), room)
  const shown = [...columns.slice(0, left), ...columns.slice(columns.length - right)]
  const isWhole = shown.length === columns.length
  const floor = shown.length === 1 ? ({ least }: Sized) => least : narrowed
  const narrower = narrow(shown, floor, isWhole ? room : room - LEFT_OUT.length - BETWEEN)
  return isWhole ? narrower : [...narrower.slice(0, left), null, ...narrower.slice(left)]
}

/** How many columns fit from the left and from the right, taken alternately. The first is always kept. */
const kept = (widths: ReadonlyArray<number>, room: number): readonly [number, number] => {
  if (widths.length < 2 || taken(widths) <= room) return [widths.length, 0]
  const fits = (left: number, right: number): boolean =>
    taken([...widths.slice(0, left), LEFT_OUT.length, ...widths.slice(widths.length - right)]) <= room
  let left = 1
  let right = 0
  for (;;) {
    if (right < left && fits(left, right + 1)) right++
    else if (fits(left + 1, right)) left++
    else return [left, right]
  }
}

/** Narrows columns, the widest first, until a line fits or each is at its minimum. */
const narrow = (
  columns: ReadonlyArray<Sized>,
  floor: (column: Sized) => number,
  room: number,
): ReadonlyArray<Sized> => {
  let over = taken(columns.map(({ width }) => width)) - room
  const widths = new Map<number, number>()
  for (const column of columns.toSorted((a, b) => b.width - a.width)) {
    const less = Math.max(0, Math.min(over, column.width - floor(column)))
    widths.set(column.index, column.width - less)
    over -= less
  }
  return columns.map((column) => ({ ...column, width: widths.get(column.index) ?? column.width }))
}
