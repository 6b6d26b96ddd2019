import { branded } from './codec.ts'

/** RFC 3339 date-time, section 5.6; a leap second (`:60`) is refused, for it names no instant of its own here. */
const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/

/** The first and the last instant that RFC 3339 can write in UTC; an offset can name one beyond. */
const FIRST = Date.parse('0000-01-01T00:00:00.000Z')
const LAST = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * The instant of an RFC 3339 time in ms since the epoch, digits finer than a millisecond cut;
 * `undefined` when the text is not one (no offset, no such day, outside years 0 to 9999 in UTC…).
 */
export const parseInstant = (text: string): number | undefined => {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [, y, mo, d, h, mi, s, fraction = '', sign, oh = '0', om = '0'] = match
  const [year, month, day, hour, minute, second] = [
    Number(y),
    Number(mo),
    Number(d),
    Number(h),
    Number(mi),
    Number(s),
  ]
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59 || Number(oh) > 23 || Number(om) > 59) return undefined
  const utc = new Date(0)
  utc.setUTCFullYear(year, month - 1, day)
  utc.setUTCHours(hour, minute, second, Number(fraction.slice(0, 3).padEnd(3, '0')))
  const offset = (Number(oh) * 60 + Number(om)) * 60_000
  const instant = utc.getTime() + (sign === '-' ? offset : sign === '+' ? -offset : 0)
  return instant < FIRST || instant > LAST ? undefined : instant
}

const daysIn = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** An RFC 3339 time with an offset, kept as written. */
export const Timestamp = branded<'Timestamp'>(
  'an RFC 3339 time with an offset, such as 2025-05-01T12:00:00.000Z',
  (text) => parseInstant(text) !== undefined,
)
export type Timestamp = typeof Timestamp._A

/** The instant of a decoded time, in ms since the epoch. */
export const instantOf = (time: Timestamp): number => {
  const ms = parseInstant(time)
  if (ms === undefined) throw new RangeError(`not a time: ${time}`) // the brand was forged
  return ms
}

/** An instant (ms since the epoch) as RFC 3339 in UTC with three digits. Throws on one outside years 0 to 9999. */
export const formatInstant = (ms: number): Timestamp => {
  const text = new Date(ms).toISOString()
  if (!Timestamp.is(text)) throw new RangeError(`not an instant of years 0 to 9999: ${ms}`)
  return text
}
