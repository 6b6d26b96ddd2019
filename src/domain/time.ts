import { branded } from './codec.ts'

/** The first and last instants that RFC 3339 can express in UTC; an offset can lead beyond them. */
const FIRST = Date.parse('0000-01-01T00:00:00.000Z')
export const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z')

/** `Date.UTC` reads the years 0 to 99 as 1900 to 1999, so years are shifted by 400: a whole cycle of the calendar. */
const CYCLE_YEARS = 400
const CYCLE_MS = 146_097 * 86_400_000

const ZERO = 48
const NINE = 57

/** The number that the `count` digits from `start` spell; NaN if one of them is not a digit. */
const digits = (text: string, start: number, count: number): number => {
  let number = 0
  for (let i = start; i < start + count; i++) {
    const code = text.charCodeAt(i)
    if (!(code >= ZERO && code <= NINE)) return Number.NaN
    number = number * 10 + code - ZERO
  }
  return number
}

/**
 * The instant of an RFC 3339 date-time (section 5.6) in ms since the epoch, truncated to the millisecond;
 * `undefined` if the text is not one: no offset, no such day, outside years 0 to 9999 in UTC, a leap second
 * (`:60`, which has no instant of its own here). Runs several times per event, hence no regular expression.
 */
export const parseInstant = (text: string): number | undefined => {
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)]
  const [hour, minute, second] = [digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)]
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':') return undefined
  if (text[10] !== 'T' && text[10] !== 't') return undefined
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return undefined
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return undefined

  let end = 19
  let ms = 0
  if (text[end] === '.') {
    const fraction = end + 1
    do end++
    while (text.charCodeAt(end) >= ZERO && text.charCodeAt(end) <= NINE)
    const count = Math.min(3, end - fraction)
    if (count === 0) return undefined
    ms = digits(text, fraction, count) * (count === 3 ? 1 : count === 2 ? 10 : 100)
  }
  const offset = parseOffset(text, end)
  if (Number.isNaN(offset)) return undefined
  const utc = Date.UTC(year + CYCLE_YEARS, month - 1, day, hour, minute, second, ms) - CYCLE_MS
  const instant = utc - offset
  return instant >= FIRST && instant <= LAST_INSTANT ? instant : undefined
}

/** The offset that the text ends with at `start`, in ms east of UTC; NaN if it does not end with one. */
const parseOffset = (text: string, start: number): number => {
  const sign = text[start]
  if (sign === 'Z' || sign === 'z') return text.length === start + 1 ? 0 : Number.NaN
  if ((sign !== '+' && sign !== '-') || text[start + 3] !== ':' || text.length !== start + 6)
    return Number.NaN
  const [hours, minutes] = [digits(text, start + 1, 2), digits(text, start + 4, 2)]
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

const daysIn = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

const LONG_MONTH = '(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])'
const SHORT_MONTH = '(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)'
const FEBRUARY = '02-(?:0[1-9]|1[0-9]|2[0-8])'
const LEAP_YEAR = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)'
const DATE = `(?:[0-9]{4}-(?:${LONG_MONTH}|${SHORT_MONTH}|${FEBRUARY})|${LEAP_YEAR}-02-29)`
const CLOCK = '(?:[01][0-9]|2[0-3]):[0-5][0-9]'

/**
 * What `parseInstant` reads, as a regular expression for other programs. It cannot detect when an offset leads
 * beyond the years 0 to 9999; nothing else differs.
 */
const PATTERN = `^${DATE}[Tt]${CLOCK}:[0-5][0-9](?:\\.[0-9]+)?(?:[Zz]|[+-]${CLOCK})$`

/** An RFC 3339 time with an offset, kept as written. */
export const Timestamp = branded<'Timestamp'>(
  'an RFC 3339 time with an offset, such as 2025-05-01T12:00:00.000Z',
  (text) => parseInstant(text) !== undefined,
  { format: 'date-time', pattern: PATTERN },
)
export type Timestamp = typeof Timestamp._A

/** The instant of a decoded time, in ms since the epoch. */
export const instantOf = (time: Timestamp): number => {
  const ms = parseInstant(time)
  if (ms === undefined) throw new RangeError(`not a time: ${time}`) // the brand was forged
  return ms
}

/** Where a second's fraction starts in an RFC 3339 time, and where its digits beyond the millisecond start. */
const FRACTION = 20
const BEYOND_MS = FRACTION + 3

/** The digits of a decoded time beyond the millisecond, without trailing zeros. */
const digitsBeyondMs = (time: Timestamp): string => {
  if (time[FRACTION - 1] !== '.') return ''
  let end = FRACTION
  let last = FRACTION
  for (let code = time.charCodeAt(end); code >= ZERO && code <= NINE; code = time.charCodeAt(end)) {
    end++
    if (code !== ZERO) last = end
  }
  return time.slice(BEYOND_MS, last)
}

/** Nanoseconds of a decoded time since the start of its millisecond: 0 to 999,999, finer digits truncated. */
export const nanosWithinMs = (time: Timestamp): number => {
  // Most times have no more than three digits: `2025-05-01T12:00:00.000Z`.
  if (time.length <= BEYOND_MS + 1) return 0
  const beyond = digitsBeyondMs(time).slice(0, 6)
  return beyond === '' ? 0 : Number(beyond) * 10 ** (6 - beyond.length)
}

/** Whether two decoded times are the same instant, to the last digit, however they are written. */
export const isSameInstant = (a: Timestamp, b: Timestamp): boolean =>
  instantOf(a) === instantOf(b) && digitsBeyondMs(a) === digitsBeyondMs(b)

/** An instant (ms since the epoch) as RFC 3339 in UTC with three digits. Throws on one outside years 0 to 9999. */
export const formatInstant = (ms: number): Timestamp => {
  if (!(ms >= FIRST && ms <= LAST_INSTANT)) throw new RangeError(`not an instant of years 0 to 9999: ${ms}`)
  // Cast: within those years `toISOString` writes what `parseInstant` reads.
  return new Date(ms).toISOString() as Timestamp
}
