import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { unionFind } from '../../../src/replay/columnar/union-find.ts'

test('numbers are in one set exactly if pairs lead from one to the other, and the smallest names it', () => {
  const pair = fc.tuple(fc.nat({ max: 29 }), fc.nat({ max: 29 }))
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 40 }), (pairs) => {
      const sets = unionFind(30)
      for (const [a, b] of pairs) sets.join(a, b)

      const smallest = Array.from({ length: 30 }, (_, i) => i)
      for (let pass = 0; pass < 30; pass++) {
        for (const [a, b] of pairs) {
          const least = Math.min(smallest[a] ?? 0, smallest[b] ?? 0)
          smallest[a] = least
          smallest[b] = least
        }
      }
      expect(smallest.map((_, i) => sets.find(i))).toEqual(smallest)
    }),
  )
})
