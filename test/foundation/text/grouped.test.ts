import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grouped } from '../../../src/foundation/text/grouped.ts'

test('a whole number is grouped as in English', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (n) => {
      expect(grouped(n)).toBe(n.toLocaleString('en-US'))
    }),
  )
  fc.assert(
    fc.property(fc.bigInt(), (n) => {
      expect(grouped(n)).toBe(n.toLocaleString('en-US'))
    }),
  )
})
