import { expect, test } from 'vitest'
import { countOf } from '../../../src/foundation/text/count-of.ts'

test.each([
  [0, '0 lines'],
  [1, '1 line'],
  [2, '2 lines'],
  [12_345, '12,345 lines'],
])('%d of something agrees with its noun', (n, said) => {
  expect(countOf(n, 'line')).toBe(said)
})

test.each([
  [1, '1 policy'],
  [0, '0 policies'],
])('%d of something with an irregular plural', (n, said) => {
  expect(countOf(n, 'policy', 'policies')).toBe(said)
})
