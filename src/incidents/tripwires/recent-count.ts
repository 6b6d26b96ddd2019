/** How many there were in each second, for those that had any; in order. */
export type SavedCount = ReadonlyArray<readonly [second: number, count: number]>

/** In seconds. */
export const HOUR_SECONDS = 3_600

/** Counts what happens, and forgets what is older than an hour and a second. Seconds are of the epoch, and do not decrease. */
export type RecentCount = {
  readonly add: (second: number) => void
  /** How many there were in the hour (3,600 seconds) up to and including a second: the latest, or the one before it. */
  readonly inHourTo: (second: number) => number
  /** Whether there were none in that hour, or since. */
  readonly isSilent: (second: number) => boolean
  readonly saved: () => SavedCount
}

/** At most 3,601 numbers, whatever is counted. */
export const recentCount = (saved: SavedCount = []): RecentCount => {
  const seconds = saved.map(([second, count]) => ({ second, count }))
  let sum = seconds.reduce((all, { count }) => all + count, 0)
  let start = 0

  const forgetBefore = (second: number): void => {
    for (let first = seconds[start]; first !== undefined && first.second < second; first = seconds[start]) {
      sum -= first.count
      start++
    }
    if (start <= HOUR_SECONDS) return
    seconds.splice(0, start)
    start = 0
  }

  return {
    add: (second) => {
      forgetBefore(second - HOUR_SECONDS)
      const last = seconds.at(-1)
      if (last?.second === second && start < seconds.length) last.count++
      else seconds.push({ second, count: 1 })
      sum++
    },
    inHourTo: (second) => {
      forgetBefore(second - HOUR_SECONDS)
      let outside = 0
      const first = seconds[start]
      if (first?.second === second - HOUR_SECONDS) outside += first.count
      const last = seconds.at(-1)
      if (last !== undefined && last.second > second) outside += last.count
      return sum - outside
    },
    isSilent: (second) => (seconds.at(-1)?.second ?? Number.NEGATIVE_INFINITY) <= second - HOUR_SECONDS,
    saved: () => seconds.slice(start).map(({ second, count }) => [second, count]),
  }
}
