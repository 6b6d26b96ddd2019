import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { safe, wrap } from '../../src/cli/terminal.ts'

describe('a stranger’s text on a terminal', () => {
  test.each([
    ['an escape sequence', '\u001b]0;owned\u0007', '\\u{1b}]0;owned\\u{7}'],
    ['the one-character form of it', '\u009b31m', '\\u{9b}31m'],
    ['a carriage return that writes over', 'upheld\rreversed', 'upheld\\u{d}reversed'],
    ['a text shown backwards', '\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['a separator of lines', 'a\u2028b', 'a\\u{2028}b'],
    ['what can’t be seen', 'ad\u200bmin\ufeff', 'ad\\u{200b}min\\u{feff}'],
    ['tags hidden beyond the BMP', 'a\u{e0041}', 'a\\u{e0041}'],
    ['half a character', '\ud800', '\\u{d800}'],
  ])('%s is shown and not obeyed', (_what, text, expected) => {
    expect(safe(text)).toBe(expected)
  })

  test.each(['Das ist eine Steppdecke – wirklich!', '这是被子', '\u{1f469}\u200d\u{1f33e}', 'नमस्ते'])(
    '%s stays',
    (text) => {
      expect(safe(text)).toBe(text)
    },
  )

  test('nothing that a terminal obeys is left, whatever was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(safe(text)).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u)
        expect(safe(safe(text))).toBe(safe(text))
      }),
    )
  })
})

describe('wrapping', () => {
  test.each([
    ['one two three', 8, ['one two', 'three']],
    ['one', 8, ['one']],
    ['', 8, ['']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['a abcdefgh b', 4, ['a', 'abcd', 'efgh', 'b']],
    ['\u7eb8\u7eb8\u7eb8', 4, ['\u7eb8\u7eb8', '\u7eb8']],
  ])('%j at %i', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines)
  })

  test('no line is longer, and nothing is lost but blanks', () => {
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
