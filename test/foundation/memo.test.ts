import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { memo } from '../../src/foundation/memo.ts'

test('given any arguments in any order, then each value is computed once', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 1, 2, null, undefined, 'a')), (asked) => {
      const computed: unknown[] = []
      const boxed = memo((a: unknown) => {
        computed.push(a)
        return { a }
      })
      const answers = asked.map((a) => [a, boxed(a)] as const)
      for (const [a, answer] of answers) {
        expect(answer).toEqual({ a })
        expect(boxed(a)).toBe(answer)
      }
      expect(computed).toEqual([...new Set(asked)])
    }),
  )
})

test('given a function that asks for itself, then each value is computed once', () => {
  const computed: number[] = []
  const fibonacci: (n: number) => number = memo((n) => {
    computed.push(n)
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2)
  })
  expect(fibonacci(50)).toBe(12_586_269_025)
  expect(computed).toHaveLength(51)
})
