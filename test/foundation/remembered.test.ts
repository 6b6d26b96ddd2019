import { describe, expect, test } from 'vitest'
import { remembered } from '../../src/foundation/remembered.ts'

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

describe('given a memory of at most 100 values', () => {
  const filled = () => {
    const memory = remembered<number, string>(100)
    for (const key of numbers(0, 1_000)) memory.set(key, `v${key}`)
    return memory
  }
  const held = (memory: ReturnType<typeof filled>, keys: ReadonlyArray<number>) =>
    keys.filter((key) => memory.get(key) !== undefined)

  test('when more are set, then the last 50 are remembered, and no more than 100', () => {
    expect(held(filled(), numbers(950, 1_000))).toEqual(numbers(950, 1_000))
    expect(held(filled(), numbers(0, 900))).toEqual([])
  })

  test('when one is used again and again, then it is remembered however many follow', () => {
    const memory = remembered<number, string>(100)
    memory.set(-1, 'often used')
    for (const key of numbers(0, 1_000)) {
      memory.set(key, '')
      expect(memory.get(-1)).toBe('often used')
    }
  })

  test('when a value is set again, then the later one is remembered', () => {
    const memory = filled()
    memory.set(901, 'later')
    for (const key of numbers(1_000, 1_049)) memory.set(key, '')
    expect(memory.get(901)).toBe('later')
  })

  test('when it is cleared, then nothing is remembered', () => {
    const memory = filled()
    memory.clear()
    expect(held(memory, numbers(0, 1_000))).toEqual([])
  })
})
