import { MOST_VALUES, valueKey } from './hits.ts'
import { NO_VALUE, type Tripwire, type WireValue } from './tripwire.ts'

/** What was set off on a day (counted from the epoch, in UTC), as JSON. */
export type SavedDay = {
  readonly day: number
  readonly values: ReadonlyArray<readonly [wireAndSource: string, values: ReadonlyArray<string>]>
}

/** Lets each wire, source and value pass once a UTC day. Moments, in ms, do not go back to an earlier day. */
export type OnceADay = {
  /** The value to report, or one that stands for all others if there are too many; null: it was reported that day. */
  readonly once: (wire: Tripwire, source: string, value: WireValue, at: number) => WireValue | null
  readonly saved: () => SavedDay
}

const DAY = 86_400_000

export const onceADay = (saved: SavedDay = { day: 0, values: [] }): OnceADay => {
  let day = saved.day
  const reported = new Map(saved.values.map(([key, values]) => [key, new Set(values)]))
  return {
    once: (wire, source, value, at) => {
      const today = Math.floor(at / DAY)
      if (today !== day) reported.clear()
      day = today
      const key = `${wire} ${source}`
      const values = reported.get(key) ?? new Set<string>()
      reported.set(key, values)
      if (values.has(valueKey(value))) return null
      const told = values.size < MOST_VALUES ? value : NO_VALUE
      if (values.has(valueKey(told))) return null
      values.add(valueKey(told))
      return told
    },
    saved: () => ({ day, values: Array.from(reported, ([key, values]) => [key, [...values]]) }),
  }
}
