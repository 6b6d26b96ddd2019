import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mix32, randomFrom } from '../../src/simulation/random.ts'

const seed = fc.nat({ max: Number.MAX_SAFE_INTEGER })

describe('given a seed and a salt', () => {
  test('then the sequence is this one, on any machine', () => {
    const random = randomFrom(2025, 7)
    expect(Array.from({ length: 5 }, () => random.below(0x100000000))).toEqual([
      2736703987, 197697575, 4237437090, 4092757995, 991434247,
    ])
  })

  test('then the same two give the same sequence, and changing either gives another', () => {
    const first = (random: ReturnType<typeof randomFrom>) =>
      Array.from({ length: 8 }, () => random.below(0x100000000)).join()
    fc.assert(
      fc.property(seed, fc.nat(), (s, salt) => {
        const sequence = first(randomFrom(s, salt))
        expect(first(randomFrom(s, salt))).toBe(sequence)
        expect(first(randomFrom(s, salt + 1))).not.toBe(sequence)
        expect(first(randomFrom(s === 0 ? 1 : s - 1, salt))).not.toBe(sequence)
      }),
    )
  })

  test('then numbers stay within their bounds and reach both', () => {
    const random = randomFrom(1, 1)
    const small = new Set(Array.from({ length: 300 }, () => random.between(3, 6)))
    expect([...small].sort()).toEqual([3, 4, 5, 6])
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (s, n) => {
        const value = randomFrom(s, 0).below(n)
        expect(Number.isSafeInteger(value) && value >= 0 && value < n).toBe(true)
      }),
    )
  })

  test('then large ranges are covered, not only their lower part', () => {
    const random = randomFrom(1, 2)
    const large = Array.from({ length: 200 }, () => random.below(2 ** 50))
    expect(Math.max(...large)).toBeGreaterThan(2 ** 49)
  })

  test('then picking from nothing is an error', () => {
    expect(() => randomFrom(1, 1).pick([])).toThrow(RangeError)
  })
})

test('given two different 32-bit numbers, then their mixes differ, so that no two accounts share an id', () => {
  const mixed = new Set(Array.from({ length: 50_000 }, (_, i) => mix32(i ^ 0x51ed270b)))
  expect(mixed.size).toBe(50_000)
})
