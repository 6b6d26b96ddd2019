import type { HistoryEvent } from '../../../projection/events/read.ts'
import { orderedOf, subjectOf } from '../../../projection/fold.ts'
import { keyOf } from '../figures.ts'
import { isWithin, type Period } from '../report.ts'
import type { Style } from '../styles/style.ts'

/** What one event did to one figure; `change` null: it changed the cases of a median or a share. */
export type Touch = { readonly sequence: number; readonly change: number | null }

/** By the figure's key. */
export type Touches = ReadonlyMap<string, ReadonlyArray<Touch>>

/** A figure's key; `dimensions` null: the section's total. */
export const figureKey = (
  section: string,
  dimensions: ReadonlyArray<string> | null,
  measure: string,
): string => keyOf([section, measure, ...(dimensions === null ? [] : ['of', ...dimensions])])

/** What an account adds to a figure: a sum, or the times for a median, in order. */
type Cell = { readonly isTime: boolean; readonly amounts: ReadonlyArray<number> }
type Cells = ReadonlyMap<string, Cell>

/**
 * Which of one account's events after a sequence changed which figures, and by how much. Each event is compared with the
 * state just before it, in the order of the ledger, so the changes of a count add up to its whole change. Stretches of
 * events that leave every figure as it was are skipped. `onTouch` is called in the order of the ledger.
 */
export const explainAccount = (
  style: Style,
  period: Period,
  events: ReadonlyArray<HistoryEvent>,
  after: number,
  onTouch: (event: HistoryEvent, key: string, touch: Touch) => void,
): void => {
  const known = events.findIndex(({ sequence }) => sequence > after)
  if (known < 0) return
  const timed = timedMeasures(style)
  const cellsAt = (count: number): Cells => cellsOf(style, period, events.slice(0, count), timed)

  const explain = (low: number, high: number, before: Cells, then: Cells): void => {
    const changed = changedKeys(before, then)
    if (changed.length === 0) return
    const event = events[high - 1]
    if (high - low === 1 && event !== undefined) {
      for (const key of changed) onTouch(event, key, touchOf(event, before.get(key), then.get(key)))
      return
    }
    const middle = low + Math.ceil((high - low) / 2)
    const between = cellsAt(middle)
    explain(low, middle, before, between)
    explain(middle, high, between, then)
  }
  explain(known, events.length, cellsAt(known), cellsAt(events.length))
}

const timedMeasures = (style: Style): ReadonlySet<string> =>
  new Set(
    style.sections.flatMap(({ id, measures }) =>
      measures.filter(({ unit }) => unit === 'ms').map(({ name }) => keyOf([id, name])),
    ),
  )

const cellsOf = (
  style: Style,
  period: Period,
  events: ReadonlyArray<HistoryEvent>,
  timed: ReadonlySet<string>,
): Cells => {
  const cells = new Map<string, { isTime: boolean; amounts: number[] }>()
  if (events.length === 0) return cells
  for (const { section, dimensions, amounts } of style
    .casesOf(subjectOf(orderedOf(events)))
    .filter(isWithin(period))) {
    for (const [measure, amount] of Object.entries(amounts)) {
      const isTime = timed.has(keyOf([section, measure]))
      if (amount === null || (amount === 0 && !isTime)) continue
      for (const key of [figureKey(section, dimensions, measure), figureKey(section, null, measure)]) {
        const cell = cells.get(key)
        if (cell === undefined) cells.set(key, { isTime, amounts: [amount] })
        else cell.amounts.push(amount)
      }
    }
  }
  for (const { amounts } of cells.values()) amounts.sort((a, b) => a - b)
  return cells
}

const changedKeys = (before: Cells, after: Cells): ReadonlyArray<string> =>
  [...new Set([...before.keys(), ...after.keys()])].filter((key) => !isSame(before.get(key), after.get(key)))

const isSame = (a: Cell | undefined, b: Cell | undefined): boolean => {
  const [one, other] = [a?.amounts ?? [], b?.amounts ?? []]
  return a?.isTime === true || b?.isTime === true
    ? one.length === other.length && one.every((amount, i) => amount === other[i])
    : sumOf(one) === sumOf(other)
}

const touchOf = ({ sequence }: HistoryEvent, before: Cell | undefined, after: Cell | undefined): Touch => ({
  sequence,
  change:
    (before ?? after)?.isTime === true ? null : sumOf(after?.amounts ?? []) - sumOf(before?.amounts ?? []),
})

const sumOf = (amounts: ReadonlyArray<number>): number => amounts.reduce((sum, amount) => sum + amount, 0)
