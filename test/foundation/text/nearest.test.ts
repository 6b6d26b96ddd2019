import { describe, expect, test } from 'vitest'
import { nearest } from '../../../src/foundation/text/nearest.ts'

describe('the word that was meant', () => {
  const known = ['adult_score', 'link_count', 'is_illustration']
  test.each([
    ['adult_scor', 'adult_score'],
    ['adultscore', 'adult_score'],
    ['Link_Count', 'link_count'],
    ['is_ilustration', 'is_illustration'],
    ['likn_count', 'link_count'],
  ])('%s: %s', (word, meant) => {
    expect(nearest(word, known)).toBe(meant)
  })

  test('nothing if nothing is near', () => {
    expect(nearest('account_age', known)).toBeNull()
    expect(nearest('x', ['y'])).toBeNull()
    expect(nearest('', known)).toBeNull()
    expect(nearest('anything', [])).toBeNull()
  })
})
