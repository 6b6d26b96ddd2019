import type { StoredEvent } from '../../../src/domain/event.ts'
import { instantOf } from '../../../src/domain/time.ts'

/** A rule whose flags were too many in an hour, by the test. */
export type BinomialAlarm = {
  /** The end of the hour, in ms: it is not known before. */
  readonly at: number
  readonly rule: string
  /** Whether one of the flags was at fault. */
  readonly isTrue: boolean
}

/** One hour's flags of a rule, and whether one of them was at fault. */
type Fired = { number: number; isFaulty: boolean }

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** How much the hour before counts, of the one after it. */
const WEIGHT = 0.98
const LEAST_RATIO = 1.25
const LEVEL = 0.005

/**
 * What it is compared with: for each rule, once an hour, an exact binomial test of the flags that it fired out of all
 * evidence. It sounds where their share is at least 1.25 times the weighted mean of the hours before (0.98 for each hour of
 * age) and as many are improbable (p < 0.005). On a rule it is silent for 24 hours after it has sounded, as alarms are. A
 * rule that never fired before is not tested, nor is the first day: there is nothing to compare with.
 */
export const hourlyBinomialTest = (
  isFaulty: (event: StoredEvent<'flag.raised.v1'>) => boolean,
): {
  readonly take: (event: StoredEvent) => void
  /** In order, of the hours that have ended. */
  readonly sounded: ReadonlyArray<BinomialAlarm>
} => {
  const sounded: BinomialAlarm[] = []
  const rates = new Map<string, number>()
  const silentUntil = new Map<string, number>()
  let fired = new Map<string, Fired>()
  let evidence = 0
  let hours = 0
  let hour = 0
  let first = 0

  const test = (rule: string, { number, isFaulty: isTrue }: Fired, end: number): void => {
    const mean = (rates.get(rule) ?? 0) / hours
    if (!(mean > 0) || number / evidence < LEAST_RATIO * mean) return
    if (end - first < DAY || end < (silentUntil.get(rule) ?? 0)) return
    if (atLeast(number, evidence, mean) >= LEVEL) return
    silentUntil.set(rule, end + DAY)
    sounded.push({ at: end, rule, isTrue })
  }

  const endHour = (next: number): void => {
    if (evidence > 0) {
      for (const [rule, of] of fired) test(rule, of, (hour + 1) * HOUR)
      hours++
      for (const rule of new Set([...rates.keys(), ...fired.keys()])) {
        rates.set(rule, (rates.get(rule) ?? 0) + (fired.get(rule)?.number ?? 0) / evidence)
      }
    }
    const faded = WEIGHT ** (next - hour)
    hours *= faded
    for (const [rule, rate] of rates) rates.set(rule, rate * faded)
    fired = new Map()
    evidence = 0
    hour = next
  }

  return {
    sounded,
    take: (event) => {
      if (event.type !== 'flag.raised.v1' && event.type !== 'content.evaluated.v1') return
      if (event.data.detector.kind === 'human') return
      if (event.type === 'content.evaluated.v1' && event.data.shadow === true) return
      const at = instantOf(event.recordedat)
      if (first === 0) first = at
      const now = Math.floor(at / HOUR)
      if (now !== hour) endHour(now)
      evidence++
      if (event.type !== 'flag.raised.v1' || event.data.rule === undefined) return
      const { id } = event.data.rule
      const of = fired.get(id) ?? { number: 0, isFaulty: false }
      fired.set(id, { number: of.number + 1, isFaulty: of.isFaulty || isFaulty(event) })
    },
  }
}

/** The probability of at least k of n, if each is one with a probability of p (above 0, below 1). */
export const atLeast = (k: number, n: number, p: number): number => {
  const odds = Math.log(p) - Math.log1p(-p)
  let log = n * Math.log1p(-p)
  let sum = k === 0 ? Math.exp(log) : 0
  for (let i = 1; i <= n; i++) {
    log += Math.log((n - i + 1) / i) + odds
    if (i >= k) sum += Math.exp(log)
  }
  return Math.min(1, sum)
}
