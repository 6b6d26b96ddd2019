import { formatInstant, parseInstant } from '../domain/time.ts'
import type { Random } from './random.ts'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** The instant of a time literal in this program. */
export const atTime = (text: string): number => {
  const ms = parseInstant(text)
  if (ms === undefined) throw new RangeError(`not a time: ${text}`)
  return ms
}

/** The simulated ten weeks. Something always happens at exactly `end`, so that the end of the record is known. */
export const start = atTime('2025-03-10T00:00:00Z')
export const end = atTime('2025-05-19T00:00:00Z')

/** Before the first publication. */
export const dawn = start - 2 * DAY

/** People stop posting here, so that what the services still owe them then happens before the end. */
export const lastPost = end - 6 * HOUR

/** How a service writes its times: to the millisecond, to the second, or in the offset of its data centre. */
export type Clock = 'milliseconds' | 'seconds' | 'offset'

/** An instant as a service's clock shows it. */
export const tick = (clock: Clock, at: number): number => (clock === 'seconds' ? at - (at % SECOND) : at)

const OFFSET = 2 * HOUR

/** An instant (ms since the epoch) as the service writes it. */
export const formatTime = (clock: Clock, at: number): string => {
  if (clock === 'seconds') return `${wallTime(at).slice(0, 19)}Z`
  return clock === 'offset' ? `${wallTime(at + OFFSET)}+02:00` : `${wallTime(at)}Z`
}

/** A period from one instant (inclusive) to another (exclusive; null: without an end), as texts. */
export const period = (
  from: number,
  to: number | null,
): { readonly from: string; readonly to: string | null } => ({
  from: formatTime('milliseconds', from),
  to: to === null ? null : formatTime('milliseconds', to),
})

const dates = new Map<number, string>()
const two = (n: number): string => (n < 10 ? `0${n}` : String(n))

/** Date and time to the millisecond. Every story runs several times, so days are looked up, not computed. */
const wallTime = (at: number): string => {
  const day = Math.floor(at / DAY)
  let date = dates.get(day)
  if (date === undefined) {
    date = formatInstant(day * DAY).slice(0, 11)
    dates.set(day, date)
  }
  const ms = at - day * DAY
  const minutes = Math.floor(ms / MINUTE)
  const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(Math.floor(ms / SECOND) % 60)}`
  return `${date}${time}.${String(ms % SECOND).padStart(3, '0')}`
}

/** How busy each hour of a person's day is, of 100. */
const BUSY = [
  18, 10, 6, 4, 4, 6, 14, 26, 38, 46, 52, 56, 62, 60, 58, 60, 66, 74, 84, 96, 100, 92, 64, 36,
] as const

/** An instant in [from, to) at an hour when people are awake; `zone` is their offset from UTC in hours. */
export const wakingMoment = (random: Random, from: number, to: number, zone: number): number => {
  const span = Math.max(1, to - from)
  let at = from + random.below(span)
  for (let tries = 0; tries < 6; tries++) {
    const local = at + zone * HOUR
    const weekend = (Math.floor(local / DAY + 4) % 7) % 6 === 0
    const busy = (BUSY[Math.floor(local / HOUR) % 24] ?? 0) * (weekend ? 10 : 8)
    if (random.below(1000) < busy) break
    at = from + random.below(span)
  }
  return at
}

/** A number of such instants, in order. */
export const wakingMoments = (
  random: Random,
  count: number,
  from: number,
  to: number,
  zone: number,
): ReadonlyArray<number> =>
  Array.from({ length: count }, () => wakingMoment(random, from, to, zone)).sort((a, b) => a - b)
