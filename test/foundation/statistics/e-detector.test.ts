import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  afterUnit,
  type EDetector,
  evidenceIn,
  noEvidence,
} from '../../../src/foundation/statistics/e-detector.ts'
import { randomFrom } from '../../../src/simulation/random.ts'

/** How many units it takes to sound; `unit` says whether the nth is 1. */
const runLength = (threshold: number, p0: number, unit: (n: number) => boolean): number => {
  let detector: EDetector = noEvidence
  for (let n = 1; ; n++) {
    detector = afterUnit(detector, unit(n), p0)
    if (evidenceIn(detector) >= threshold) return n
  }
}

const MILLION = 1_000_000

/** The lengths of runs in which the nth unit is 1 with this probability. */
const runs = (
  number: number,
  { threshold, p0 }: { readonly threshold: number; readonly p0: number },
  probability: (n: number) => number,
): ReadonlyArray<number> =>
  Array.from({ length: number }, (_, run) => {
    const random = randomFrom(run, 22)
    return runLength(threshold, p0, (n) => random.below(MILLION) < probability(n) * MILLION)
  })

const meanOf = (numbers: ReadonlyArray<number>): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length

describe('given nothing wrong', () => {
  test.each([
    { p0: 0.05, threshold: 150 },
    { p0: 0.005, threshold: 150 },
    { p0: 0.5, threshold: 150 },
  ])('when units are 1 with just p0 = $p0, then the mean of 2,000 runs is at least A', (test) => {
    expect(meanOf(runs(2_000, test, () => test.p0))).toBeGreaterThanOrEqual(test.threshold)
  })

  test('when the probability varies below p0, with seasons and bad days, then it is so too', () => {
    const bad = { p0: 0.05, threshold: 150 }
    const seasons = (n: number): number => (n % 100 < 20 ? 0.05 : 0.025 * (1 + Math.sin(n / 40)))
    expect(meanOf(runs(2_000, bad, seasons))).toBeGreaterThanOrEqual(bad.threshold)
  })

  test('when units depend on those before them, then it is so too', () => {
    const p0 = 0.05
    const lengths = Array.from({ length: 2_000 }, (_, run) => {
      const random = randomFrom(run, 23)
      let ones = 0
      return runLength(150, p0, () => {
        // After many of 1, a calm stretch: less than p0, never more.
        const isOne = random.below(MILLION) < (ones % 3 === 2 ? p0 / 2 : p0) * MILLION
        if (isOne) ones++
        return isOne
      })
    })
    expect(meanOf(lengths)).toBeGreaterThanOrEqual(150)
  })

  test('then another unit, if its probability is p0, adds one to what is expected', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(values, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (detector, p0) => {
        const expected =
          p0 * evidenceIn(afterUnit(detector, true, p0)) +
          (1 - p0) * evidenceIn(afterUnit(detector, false, p0))
        expect(expected / (evidenceIn(detector) + 1)).toBeCloseTo(1, 9)
      }),
    )
  })
})

describe('given a fault', () => {
  const designed = { p0: 0.05, threshold: 40_000 }

  test('when all units are 1, then it sounds after 6 of them', () => {
    expect(runLength(designed.threshold, designed.p0, () => true)).toBe(6)
  })

  test.each([
    { share: 0.5, units: 14 },
    { share: 0.3, units: 31 },
    { share: 0.1, units: 347 },
  ])('when a share of $share is, then it sounds after $units of them on average', ({ share, units }) => {
    expect(meanOf(runs(500, designed, () => share)) / units).toBeCloseTo(1, 1)
  })
})
