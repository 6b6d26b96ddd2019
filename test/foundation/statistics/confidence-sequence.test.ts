import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { confidenceSequence } from '../../../src/foundation/statistics/confidence-sequence.ts'
import { randomFrom } from '../../../src/simulation/random.ts'

const MILLION = 1_000_000
const counts = fc.record({ successes: fc.nat(50_000), failures: fc.nat(50_000) })

describe('given what was seen so far', () => {
  test('when nothing was, then anything is possible', () => {
    expect(confidenceSequence({ successes: 0, failures: 0 })).toEqual({ low: 0, high: 1 })
  })

  // With only successes the ratio is 1 / ((n + 1) p^n), so p^n = error / (n + 1) is not possible any more.
  test.each([1, 10, 19, 20, 1_000])(
    'when all of %i are successes, then the end is as by hand',
    (successes) => {
      const { low, high } = confidenceSequence({ successes, failures: 0 })
      expect(high).toBe(1)
      expect(low).toBeCloseTo((0.05 / (successes + 1)) ** (1 / successes), 9)
    },
  )

  // The likelihood averaged over all q is 3! 7! / 11! = 1 / (11 * 120).
  test('when 3 of 10 are, then at both ends the ratio of the likelihoods is 1 / error', () => {
    const { low, high } = confidenceSequence({ successes: 3, failures: 7 })
    for (const p of [low, high]) {
      const averaged = 1 / (11 * 120)
      expect(averaged / (p ** 3 * (1 - p) ** 7)).toBeCloseTo(20, 6)
    }
    expect(low).toBeLessThan(0.3)
    expect(high).toBeGreaterThan(0.3)
  })

  test('then the share is inside, and failures mirror successes', () => {
    fc.assert(
      fc.property(counts, ({ successes, failures }) => {
        const { low, high } = confidenceSequence({ successes, failures })
        const mirrored = confidenceSequence({ successes: failures, failures: successes })
        if (successes + failures > 0) {
          expect(low).toBeLessThanOrEqual(successes / (successes + failures))
          expect(high).toBeGreaterThanOrEqual(successes / (successes + failures))
        }
        expect(mirrored.low).toBeCloseTo(1 - high, 9)
        expect(mirrored.high).toBeCloseTo(1 - low, 9)
      }),
    )
  })

  test('then a smaller error gives a wider interval', () => {
    fc.assert(
      fc.property(counts, (seen) => {
        const [wide, narrow] = [confidenceSequence(seen, 0.01), confidenceSequence(seen, 0.1)]
        expect(wide.low).toBeLessThanOrEqual(narrow.low)
        expect(wide.high).toBeGreaterThanOrEqual(narrow.high)
      }),
    )
  })
})

describe('given somebody who looks after every trial', () => {
  test.each([0.5, 0.9, 0.98])('when the probability is %d, then at most 5 % are ever misled', (p) => {
    const [runs, trials] = [200, 300]
    let misled = 0
    for (let run = 0; run < runs; run++) {
      const random = randomFrom(run, 24)
      let successes = 0
      for (let n = 1; n <= trials; n++) {
        if (random.below(MILLION) < p * MILLION) successes++
        const { low, high } = confidenceSequence({ successes, failures: n - successes })
        if (p < low || p > high) {
          misled++
          break
        }
      }
    }
    expect(misled / runs).toBeLessThanOrEqual(0.05)
  })
})
