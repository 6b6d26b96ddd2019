import { HOUR_SECONDS, type RecentCount, recentCount, type SavedCount } from './recent-count.ts'
import { NO_VALUE, type TrippingEvent, type Tripwire, type WireValue } from './tripwire.ts'

/** What is counted: a wire, or decisions whose grounds are late, of which some are no fault. */
export type HitCounter = Tripwire | 'late_grounds'

/** An event, and the second in which it counts. */
type TimedEvent = readonly [second: number, event: TrippingEvent]

/** A value of a wire, and what it has seen in the last hour: how many events, and the last of them. */
type Hits = { readonly value: WireValue; readonly count: RecentCount; latest: ReadonlyArray<TimedEvent> }

/** The same, as JSON. */
export type SavedHits = {
  readonly counter: HitCounter
  readonly source: string
  readonly values: ReadonlyArray<Pick<Hits, 'value' | 'latest'> & { readonly count: SavedCount }>
}

/** A wire that needs several events in an hour: what it has seen, by source and value. */
export type HourlyHits = {
  /** Adds an event; returns how many there were in the hour, and the last ten at most of each value, in order. */
  readonly add: (
    hit: { readonly counter: HitCounter; readonly source: string; readonly value: WireValue },
    second: number,
    event: TrippingEvent,
  ) => {
    readonly total: number
    readonly values: ReadonlyArray<{
      readonly value: WireValue
      readonly events: ReadonlyArray<TrippingEvent>
    }>
  }
  readonly saved: () => ReadonlyArray<SavedHits>
}

/**
 * The most sources and values of an hour that are told apart; all others count as one. A faulty service may invent any
 * number.
 */
export const MOST_SOURCES = 200
export const MOST_VALUES = 50
export const OTHER_SOURCES = 'others'

/** How many events are named. */
const NAMED = 10

export const hourlyHits = (saved: ReadonlyArray<SavedHits> = []): HourlyHits => {
  const windows = new Map(
    saved.map(({ counter, source, values }) => [
      keyOf(counter, source),
      {
        ...{ counter, source },
        values: new Map(
          values.map(({ value, count, latest }): [string, Hits] => [
            valueKey(value),
            { value, latest, count: recentCount(count) },
          ]),
        ),
      },
    ]),
  )
  const forgetSilent = (second: number): void => {
    for (const [key, { values }] of windows) {
      if (Array.from(values.values()).every(({ count }) => count.isSilent(second))) windows.delete(key)
    }
  }
  return {
    add: ({ counter, source, value }, second, event) => {
      const key = keyOf(counter, source)
      if (!windows.has(key)) forgetSilent(second)
      const window = windows.get(key) ?? { counter, source, values: new Map<string, Hits>() }
      windows.set(key, window)
      const { values } = window
      for (const [other, { count }] of values) if (count.isSilent(second)) values.delete(other)
      const isKnown = values.has(valueKey(value)) || values.size < MOST_VALUES
      const counted = isKnown ? value : NO_VALUE
      const hits: Hits = values.get(valueKey(counted)) ?? { value: counted, count: recentCount(), latest: [] }
      values.set(valueKey(counted), hits)
      hits.count.add(second)
      hits.latest = [...hits.latest, [second, event] as const].slice(-NAMED)
      let total = 0
      for (const { count } of values.values()) total += count.inHourTo(second)
      return { total, values: Array.from(values.values(), (of) => eventsOf(of, second)) }
    },
    saved: () =>
      Array.from(windows.values(), ({ counter, source, values }) => ({
        ...{ counter, source },
        values: Array.from(values.values(), ({ value, count, latest }) => ({
          ...{ value, latest },
          count: count.saved(),
        })),
      })),
  }
}

const eventsOf = ({ value, latest }: Hits, second: number) => ({
  value,
  events: latest.flatMap(([at, event]) => (at > second - HOUR_SECONDS ? [event] : [])),
})

const keyOf = (counter: HitCounter, source: string): string => `${counter} ${source}`

/** Ids have no spaces. */
export const valueKey = ({ ruleset, version, sha256, rule }: WireValue): string =>
  [ruleset, version, sha256, rule].map((part) => part ?? '').join(' ')
