import { expect, test } from 'vitest'
import { happened } from '../../domain/happenings.ts'
import { atLeast, hourlyBinomialTest } from './binomial-test.ts'

test.each([
  // Sums of exact fractions.
  [0, 10, 0.2, 1],
  [3, 10, 0.2, 0.322_200_473_6],
  [10, 10, 0.2, 0.2 ** 10],
  [50, 1_000, 0.03, 0.000_420_766_545],
])('the probability of at least %d of %d at %d is %d', (k, n, p, expected) => {
  expect(atLeast(k, n, p)).toBeCloseTo(expected, 9)
})

/** An hour of evidence, of which some are flags by one rule. */
const hourOf = (hour: number, flags: number, evaluations: number) => {
  const at = { day: new Date(Date.UTC(2025, 4, 1, hour, 30)).toISOString() }
  return [
    ...Array.from({ length: flags }, (_, i) =>
      happened('flag.raised.v1', { flagId: `f-${hour}-${i}`, rule: { id: 'spam' } }, at),
    ),
    ...Array.from({ length: evaluations }, () => happened('content.evaluated.v1', {}, at)),
  ]
}

test('given two days of one flag in twenty an hour, when one hour has many, then it sounds at its end, once a day', () => {
  const flagsIn = (hour: number): number => (hour === 40 || hour === 42 ? 12 : 1)
  const { take, sounded } = hourlyBinomialTest(() => true)
  for (let hour = 0; hour < 48; hour++) for (const event of hourOf(hour, flagsIn(hour), 19)) take(event)
  expect(sounded).toEqual([{ at: Date.UTC(2025, 4, 2, 17), rule: 'spam', isTrue: true }])
})
