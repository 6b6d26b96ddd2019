import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chanceOf } from '../../../src/reports/health/chance.ts'

describe('the probability of at least a number', () => {
  test.each([
    [0, 3, 1],
    [1, 1, 1],
    [2, 1, 1 - 2 * Math.exp(-1)],
    [5, 0.5, 1.721156e-4],
  ])('of %d if %d are expected', (count, expected, chance) => {
    expect(chanceOf(count, expected)).toBeCloseTo(chance, 9)
  })

  test('is between 0 and 1, and falls with the number', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000 }),
        fc.double({ min: 0.5, max: 5_000, noNaN: true }),
        (count, expected) => {
          const chance = chanceOf(count, expected)
          expect(chance).toBeGreaterThanOrEqual(0)
          expect(chance).toBeLessThanOrEqual(1)
          expect(chanceOf(count + 1, expected)).toBeLessThanOrEqual(chance * (1 + 1e-9))
        },
      ),
    )
  })
})
