import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cut, wrap } from '../../../src/foundation/text/fit-text.ts'

describe('wrapping', () => {
  test.each([
    ['one two three', 8, ['one two', 'three']],
    ['one', 8, ['one']],
    ['', 8, ['']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['a abcdefgh b', 4, ['a', 'abcd', 'efgh', 'b']],
    ['\u7eb8\u7eb8\u7eb8', 4, ['\u7eb8\u7eb8', '\u7eb8']],
    ['ab\u202e c', 12, ['ab\\u{202e} c']],
  ])('%j at %i', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines)
  })

  test('no line is longer, and only blanks are lost', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }).map((all) => all.join(' '))
    fc.assert(
      fc.property(words, fc.integer({ min: 3, max: 30 }), (text, width) => {
        const lines = wrap(text, width)
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
      }),
    )
  })
})

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab\u2026'],
  ['\u7eb8\u7eb8', 3, '\u7eb8\u2026'],
  ['\u009bab', 7, '\\u{9b}\u2026'],
])('%j is cut to %i columns', (text, width, shown) => {
  expect(cut(text, width)).toBe(shown)
})
