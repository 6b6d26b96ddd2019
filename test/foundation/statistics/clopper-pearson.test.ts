import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clopperPearsonBound } from '../../../src/foundation/statistics/clopper-pearson.ts'

describe('given the upper limits of the exact 95 % intervals in table I of R. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998', () => {
  test.each([
    [81, 263, 0.3676],
    [15, 148, 0.1617],
    [0, 20, 0.1684],
    [1, 29, 0.1776],
  ])('then those for %i of %i are found', (successes, trials, limit) => {
    expect(clopperPearsonBound({ successes, trials }, 0.025)).toBeCloseTo(limit, 4)
  })
})

describe('given a sample in which nothing is wrong', () => {
  test('when there are 300, then at most 1 % can be, at 95 %', () => {
    const bound = clopperPearsonBound({ successes: 0, trials: 300 })
    expect(bound).toBeLessThan(0.01)
    expect(bound).toBeCloseTo(1 - 0.05 ** (1 / 300), 12)
  })

  test('when there is nothing in it, then all can be', () => {
    expect(clopperPearsonBound({ successes: 0, trials: 0 })).toBe(1)
    expect(clopperPearsonBound({ successes: 7, trials: 7 })).toBe(1)
  })
})

/** The same probability, added up from products, which is exact enough for few trials. */
const atMost = (successes: number, trials: number, p: number): number => {
  let sum = 0
  let ways = 1
  for (let each = 0; each <= successes; each++) {
    sum += ways * p ** each * (1 - p) ** (trials - each)
    ways = (ways * (trials - each)) / (each + 1)
  }
  return sum
}

test('given any sample, then at its bound so few successes have just the probability of the error', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }).chain((trials) => fc.tuple(fc.nat(trials - 1), fc.constant(trials))),
      fc.constantFrom(0.01, 0.025, 0.05, 0.5),
      ([successes, trials], error) => {
        const bound = clopperPearsonBound({ successes, trials }, error)
        expect(atMost(successes, trials, bound)).toBeCloseTo(error, 9)
      },
    ),
  )
})

test('given a hundred thousand trials, then nothing underflows', () => {
  const bound = clopperPearsonBound({ successes: 50_000, trials: 100_000 })
  // By the normal distribution: half, and 1.645 standard deviations.
  expect(bound).toBeCloseTo(0.5 + (1.645 * 0.5) / Math.sqrt(100_000), 4)
})
