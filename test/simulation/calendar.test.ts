import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatInstant, parseInstant } from '../../src/domain/time.ts'
import { DAY, end, formatTime, HOUR, start, tick, wakingMoments } from '../../src/simulation/calendar.ts'
import { randomFrom } from '../../src/simulation/random.ts'

const anyInstant = fc.integer({ min: Date.UTC(2014, 0, 1), max: Date.UTC(2026, 0, 1) })

describe('given an instant', () => {
  test('then every clock writes the instant that it shows', () => {
    fc.assert(
      fc.property(anyInstant, fc.constantFrom('milliseconds', 'seconds', 'offset'), (at, clock) => {
        expect(parseInstant(formatTime(clock, at))).toBe(tick(clock, at))
      }),
    )
  })

  test('then the clock of milliseconds writes it as the domain does', () => {
    fc.assert(
      fc.property(anyInstant, (at) => {
        expect(formatTime('milliseconds', at)).toBe(formatInstant(at))
      }),
    )
  })
})

describe('given two instants', () => {
  test('then moments between them are between them, in order', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: start, max: end - 1 }),
        fc.nat({ max: 10 * DAY }),
        (seed, from, span) => {
          const found = wakingMoments(randomFrom(seed, 0), 12, from, from + span, 2)
          expect(found).toEqual([...found].sort((a, b) => a - b))
          for (const at of found) expect(at >= from && at <= from + span).toBe(true)
        },
      ),
    )
  })

  test('then people sleep at night', () => {
    const found = wakingMoments(randomFrom(1, 1), 4000, start, end, 0)
    const at = (hour: number): number => found.filter((when) => Math.floor(when / HOUR) % 24 === hour).length
    expect(at(20)).toBeGreaterThan(4 * at(3))
  })
})
