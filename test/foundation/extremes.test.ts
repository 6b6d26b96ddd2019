import { describe, expect, test } from 'vitest'
import { greatest, least } from '../../src/foundation/extremes.ts'

describe('given numbers', () => {
  test('when there are more than a call accepts as arguments, then the least and the greatest are found', () => {
    const numbers = Array.from({ length: 1_000_000 }, (_, i) => (i * 7_919) % 1_000_003)
    expect([least(numbers), greatest(numbers)]).toEqual([0, 1_000_002])
  })

  test('when there are none, then there is no bound', () => {
    expect([least([]), greatest([])]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
  })
})
