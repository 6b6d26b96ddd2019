import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPlainPattern } from '../../../src/domain/compiled/plain-pattern.ts'
import { often } from '../../long/often.ts'

describe('given one class of characters that need no escape', () => {
  test.each([/^[A-Za-z0-9_.:-]{1,20}$/u, /^[0-9a-f]{3}$/u, /^[!#-+]{1,4}$/u, /^[\x5d-\x7e]{0,3}$/u])(
    '%s, then its texts are written as they are',
    (pattern) => {
      expect(isPlainPattern(pattern)).toBe(true)
      fc.assert(
        fc.property(fc.stringMatching(pattern), (text) => {
          expect(JSON.stringify(text)).toBe(`"${text}"`)
        }),
        { numRuns: often(200, 50_000) },
      )
    },
  )
})

describe('given an expression that could accept anything else', () => {
  test.each([
    /^[\x21-\x7e]{1,5}$/u,
    /^[!a\x5c]{1,4}$/u,
    /^[!-#]{1,4}$/u,
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
  ])('%s, then its texts are looked at one by one', (pattern) => {
    expect(isPlainPattern(pattern)).toBe(false)
  })
})
