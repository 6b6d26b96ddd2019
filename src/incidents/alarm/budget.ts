import { type AlarmFamily, families } from './alarm.ts'
import { defaultParameters } from './parameters.ts'

/** The units of each family, by day (counted from the epoch, in UTC), as JSON. */
export type SavedBudget = {
  readonly day: number
  readonly falseAlarmsAYear: number
  readonly units: ReadonlyArray<readonly [AlarmFamily, ReadonlyArray<readonly [day: number, units: number]>]>
}

/** How much evidence an alarm needs, so that false ones stay rare however many units there are. */
export type Budget = {
  /** Another day may have begun; days do not decrease. The thresholds of a day follow from the 28 days before it. */
  readonly pass: (day: number) => void
  readonly add: (family: AlarmFamily) => void
  readonly thresholdOf: (family: AlarmFamily) => number
  /** Sets how many false alarms are expected in a year; the thresholds change at once. */
  readonly allow: (falseAlarmsAYear: number) => void
  readonly saved: () => SavedBudget
}

const DAYS = 28
/** Those above, and audits. */
const FAMILIES = 4
/** So that the first days of a ledger do not have a low threshold. */
const FEWEST_UNITS_A_YEAR = 13_000

/** The expected number of units to a false alarm that keeps within the budget. */
const thresholdFor = (units: number, falseAlarmsAYear: number): number =>
  (FAMILIES * Math.max(FEWEST_UNITS_A_YEAR, (units * 365) / DAYS)) / falseAlarmsAYear

const NOTHING_COUNTED: SavedBudget = {
  day: 0,
  falseAlarmsAYear: defaultParameters.falseAlarmsAYear,
  units: [],
}

export const alarmBudget = (saved: SavedBudget = NOTHING_COUNTED): Budget => {
  let { day, falseAlarmsAYear } = saved
  const units = new Map(saved.units.map(([family, days]) => [family, new Map(days)]))
  const thresholds = new Map<AlarmFamily, number>()

  const recompute = (): void => {
    // Cast: the keys of a constant object are those of its type.
    for (const family of Object.keys(families) as ReadonlyArray<AlarmFamily>) {
      let sum = 0
      for (const [of, number] of units.get(family) ?? []) if (of < day) sum += number
      thresholds.set(family, thresholdFor(sum, falseAlarmsAYear))
    }
  }
  recompute()

  return {
    pass: (today) => {
      if (today === day) return
      day = today
      for (const days of units.values()) for (const of of days.keys()) if (of < day - DAYS) days.delete(of)
      recompute()
    },
    add: (family) => {
      const days = units.get(family) ?? new Map<number, number>()
      units.set(family, days)
      days.set(day, (days.get(day) ?? 0) + 1)
    },
    thresholdOf: (family) => thresholds.get(family) ?? thresholdFor(0, falseAlarmsAYear),
    allow: (number) => {
      falseAlarmsAYear = number
      recompute()
    },
    saved: () => ({
      day,
      falseAlarmsAYear,
      units: Array.from(units, ([family, days]) => [family, [...days]]),
    }),
  }
}
