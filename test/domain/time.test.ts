import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { schemaOf } from '../../src/domain/schema.ts'
import {
  formatInstant,
  formatInstantWithNanos,
  instantOf,
  isSameInstant,
  nanosWithinMs,
  parseInstant,
  Timestamp,
} from '../../src/domain/time.ts'

const at = Date.UTC

describe('a time is read', () => {
  test.each([
    ['in UTC', '2025-05-01T12:00:00Z', at(2025, 4, 1, 12)],
    ['with an offset east of it', '2025-05-01T12:00:00+05:30', at(2025, 4, 1, 6, 30)],
    ['with an offset west of it, into the next day', '2025-04-30T23:30:00-01:00', at(2025, 4, 1, 0, 30)],
    ['with an unknown local offset', '2025-05-01T12:00:00-00:00', at(2025, 4, 1, 12)],
    ['in lower case', '2025-05-01t12:00:00z', at(2025, 4, 1, 12)],
    ['with a tenth', '2025-05-01T12:00:00.5Z', at(2025, 4, 1, 12, 0, 0, 500)],
    [
      'with digits finer than a millisecond, cut and not rounded',
      '2025-05-01T12:00:00.1239999999Z',
      at(2025, 4, 1, 12, 0, 0, 123),
    ],
    ['before 1970, cut towards the past’s beginning of that millisecond', '1969-12-31T23:59:59.9999Z', -1],
    ['on a leap day', '2024-02-29T00:00:00Z', at(2024, 1, 29)],
    ['on the leap day of a 400th year', '2000-02-29T00:00:00Z', at(2000, 1, 29)],
    ['in year 0', '0000-01-01T00:00:00Z', -62_167_219_200_000],
    ['in year 99, which is not 1999', '0099-03-01T00:00:00Z', Date.parse('0099-03-01T00:00:00Z')],
    ['at the last instant', '9999-12-31T23:59:59.999Z', 253_402_300_799_999],
  ])('%s: %s', (_what, text, expected) => {
    expect(parseInstant(text)).toBe(expected)
    expect(Timestamp.is(text)).toBe(true)
  })

  test.each([
    ['no offset', '2025-05-01T12:00:00'],
    ['no time', '2025-05-01'],
    ['a blank for the T', '2025-05-01 12:00:00Z'],
    ['no seconds', '2025-05-01T12:00Z'],
    ['a dot without digits', '2025-05-01T12:00:00.Z'],
    ['a comma', '2025-05-01T12:00:00,5Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['hour 24', '2025-05-01T24:00:00Z'],
    ['minute 60', '2025-05-01T12:60:00Z'],
    ['month 0', '2025-00-01T00:00:00Z'],
    ['month 13', '2025-13-01T00:00:00Z'],
    ['day 0', '2025-05-00T00:00:00Z'],
    ['31 April', '2025-04-31T00:00:00Z'],
    ['29 February of a common year', '2025-02-29T00:00:00Z'],
    ['29 February of a 100th year', '1900-02-29T00:00:00Z'],
    ['an offset of 24 hours', '2025-05-01T12:00:00+24:00'],
    ['an offset of 60 minutes', '2025-05-01T12:00:00+00:60'],
    ['an offset without colon', '2025-05-01T12:00:00+0100'],
    ['five digits of a year', '12025-05-01T12:00:00Z'],
    ['a sign before the year', '-2025-05-01T12:00:00Z'],
    ['a line break after it', '2025-05-01T12:00:00Z\n'],
    ['digits of another script', '２025-05-01T12:00:00Z'],
    ['an offset that leads before year 0', '0000-01-01T00:00:00+00:01'],
    ['an offset that leads beyond year 9999', '9999-12-31T23:59:59-00:01'],
  ])('not with %s: %j', (_what, text) => {
    expect(parseInstant(text)).toBeUndefined()
    expect(Timestamp.is(text)).toBe(false)
  })
})

const instant = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 })
const offset = fc.tuple(
  fc.constantFrom('+', '-'),
  fc.integer({ min: 0, max: 23 }),
  fc.integer({ min: 0, max: 59 }),
)
const two = (n: number): string => String(n).padStart(2, '0')

describe('the pattern for programs without the parser', () => {
  const pattern = new RegExp(schemaOf(Timestamp).pattern ?? '', 'u')
  const agree = (text: string): void => {
    if (pattern.test(text) !== Timestamp.is(text)) expect.fail(`pattern and parser differ in ${text}`)
  }
  const upTo = (count: number, width: number): ReadonlyArray<string> =>
    Array.from({ length: count }, (_, n) => String(n).padStart(width, '0'))

  test('given a 29 February of any year, it knows the leap years', () => {
    for (const year of upTo(10_000, 4)) agree(`${year}-02-29T12:00:00Z`)
  })

  test('given any month and day, it knows the calendar', () => {
    for (const month of upTo(100, 2)) for (const day of upTo(100, 2)) agree(`2025-${month}-${day}T12:00:00Z`)
  })

  test('given any two digits in the other places, it knows their limits', () => {
    for (const two of upTo(100, 2)) {
      agree(`2025-05-01T${two}:00:00Z`)
      agree(`2025-05-01T12:${two}:00Z`)
      agree(`2025-05-01T12:00:${two}Z`)
      agree(`2025-05-01T12:00:00.${two}Z`)
      agree(`2025-05-01T12:00:00+${two}:00`)
      agree(`2025-05-01T12:00:00-00:${two}`)
    }
  })

  test('given a replaced or removed character, it answers as the parser does', () => {
    for (const text of ['2024-02-29T23:59:59.123+05:30', '2025-12-31t00:00:00z']) {
      for (let i = 0; i <= text.length; i++) {
        agree(text.slice(0, i) + text.slice(i + 1))
        for (let code = 0; code < 128; code++) {
          const character = String.fromCharCode(code)
          agree(text.slice(0, i) + character + text.slice(i))
          agree(text.slice(0, i) + character + text.slice(i + 1))
        }
      }
    }
  })

  test('given an offset that leads beyond year 0 or 9999, it does not see that', () => {
    for (const text of ['0000-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01']) {
      expect([pattern.test(text), Timestamp.is(text)]).toEqual([true, false])
    }
  })
})

describe('laws', () => {
  test('what is written is read back', () => {
    fc.assert(
      fc.property(instant, (ms) => {
        expect(parseInstant(formatInstant(ms))).toBe(ms)
        expect(instantOf(formatInstant(ms))).toBe(ms)
      }),
    )
  })

  test('it is written as the platform writes it', () => {
    fc.assert(
      fc.property(instant, (ms) => {
        expect(formatInstant(ms)).toBe(new Date(ms).toISOString())
      }),
      { numRuns: 5000 },
    )
    for (let day = at(1999, 0, 1); day < at(2005, 0, 1); day += 86_400_000) {
      expect(formatInstant(day)).toBe(new Date(day).toISOString())
      expect(formatInstant(day - 1)).toBe(new Date(day - 1).toISOString())
    }
  })

  test('what is written with nanoseconds is read back', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 999_999 }), (ms, nanos) => {
        const written = formatInstantWithNanos(ms, nanos)
        expect([instantOf(written), nanosWithinMs(written)]).toEqual([ms, nanos])
      }),
    )
  })

  test('whatever is read can be written, and is the same instant', () => {
    const number = (max: number) => fc.integer({ min: 0, max })
    const text = fc
      .tuple(
        number(9999),
        number(13),
        number(32),
        number(25),
        number(61),
        number(61),
        fc.stringMatching(/^(\.\d{1,12})?$/),
        offset,
      )
      .map(
        ([y, mo, d, h, mi, s, fraction, [sign, oh, om]]) =>
          `${String(y).padStart(4, '0')}-${two(mo)}-${two(d)}T${two(h)}:${two(mi)}:${two(s)}${fraction}${sign}${two(oh)}:${two(om)}`,
      )
    fc.assert(
      fc.property(text, (written) => {
        const ms = parseInstant(written)
        if (ms !== undefined) expect(parseInstant(formatInstant(ms))).toBe(ms)
      }),
      { numRuns: 2000 },
    )
  })

  test('where both apply, it reads what Date.parse reads', () => {
    fc.assert(
      fc.property(instant, fc.stringMatching(/^\d{0,6}$/), offset, (ms, finer, [sign, oh, om]) => {
        const written = `${formatInstant(ms).slice(0, -1)}${finer}${sign}${two(oh)}:${two(om)}`
        const expected = Date.parse(written)
        const inRange = expected >= -62_167_219_200_000 && expected <= 253_402_300_799_999
        expect(parseInstant(written)).toBe(inRange ? expected : undefined)
      }),
    )
  })
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, -62_167_219_200_001, 253_402_300_800_000])(
  '%d can’t be written',
  (ms) => {
    expect(() => formatInstant(ms)).toThrow(RangeError)
  },
)

const time = (text: string): Timestamp => {
  if (!Timestamp.is(text)) throw new Error(`not a time: ${text}`)
  return text
}

describe('the nanoseconds within its millisecond', () => {
  test.each([
    ['2025-05-01T12:00:00Z', 0],
    ['2025-05-01T12:00:00.123Z', 0],
    ['2025-05-01T12:00:00.1230Z', 0],
    ['2025-05-01T12:00:00.1234Z', 400_000],
    ['2025-05-01T12:00:00.123000001Z', 1],
    ['2025-05-01T12:00:00.123000001+05:30', 1],
    ['2025-05-01T12:00:00.1239999999Z', 999_999],
    ['2025-05-01T12:00:00.0000009-00:00', 900],
    ['2025-05-01T12:00:00+05:30', 0],
    ['2025-05-01T12:00:00.5+05:30', 0],
  ])('of %s are %i', (text, nanos) => {
    expect(nanosWithinMs(time(text))).toBe(nanos)
  })
})

describe('two times are one instant', () => {
  const one = '2025-05-01T09:30:00.5Z'
  test.each([
    '2025-05-01T09:30:00.500Z',
    '2025-05-01t11:30:00.50000000000+02:00',
    '2025-05-01T09:30:00.5-00:00',
  ])('as %s', (other) => {
    expect(isSameInstant(time(one), time(other))).toBe(true)
  })
  test.each(['2025-05-01T09:30:00.51Z', '2025-05-01T09:30:00.5000000000001Z', '2025-05-01T09:30:00.5+00:01'])(
    'but not as %s',
    (other) => {
      expect(isSameInstant(time(one), time(other))).toBe(false)
    },
  )
})
