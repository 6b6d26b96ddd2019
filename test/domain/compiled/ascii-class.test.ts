import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asciiClass } from '../../../src/domain/compiled/ascii-class.ts'
import { often } from '../../long/often.ts'

const patterns: ReadonlyArray<readonly [pattern: RegExp, isPlain: boolean]> = [
  [/^[A-Za-z0-9_.:-]{1,200}$/u, true],
  [/^[A-Za-z0-9_-]{1,200}$/u, true],
  [/^[0-9a-f]{3}$/u, true],
  [/^[\x21-\x7e]{1,5}$/u, false],
  [/^[\x20-\x7f]{0,3}$/u, false],
  [/^[!#-+]{1,4}$/u, true],
  [/^[!a\x5c]{1,4}$/u, false],
]

test.each(patterns)('given %s, then it accepts what the expression accepts', (pattern, isPlain) => {
  const ascii = asciiClass(pattern)
  expect(ascii?.plain).toBe(isPlain)
  const text = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.stringMatching(pattern),
    fc
      .tuple(fc.stringMatching(pattern), fc.string({ unit: 'binary', maxLength: 1 }))
      .map((two) => two.join('')),
  )
  fc.assert(
    fc.property(text, (one) => {
      expect(ascii?.accepts(one)).toBe(pattern.test(one))
      if (isPlain && pattern.test(one)) expect(JSON.stringify(one)).toBe(`"${one}"`)
    }),
    { numRuns: often(500, 50_000) },
  )
})

describe('given an expression that could accept anything else', () => {
  test.each([
    /^[^\p{Cc}\u2028\u2029]{1,1000}$/u,
    /^[^a]{1,3}$/u,
    /^[\d]{1,3}$/u,
    /^[a-zé]{1,3}$/u,
    /^[a-\u{1f600}]{1,3}$/u,
    /^[a-\x9f]{1,3}$/u,
    /^[a-z]+$/u,
    /[a-z]{1,3}$/u,
    /^[a-z]{1,3}/u,
    /^[a-z]{1,}$/u,
    /^[a-z]{1,3}|[0-9]{1,3}$/u,
    /^[a\]b]{1,3}$/u,
  ])('%s, then it is left to the expression', (pattern) => {
    expect(asciiClass(pattern)).toBeNull()
  })
})
