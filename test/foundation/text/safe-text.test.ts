import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { safeLines, safeText } from '../../../src/foundation/text/safe-text.ts'

describe('untrusted text, shown on one line', () => {
  test.each([
    ['an escape sequence', '\u001b]0;owned\u0007', '\\u{1b}]0;owned\\u{7}'],
    ['the one-character form of it', '\u009b31m', '\\u{9b}31m'],
    ['the one-character form of a link', '\u009d8;;http://evil\u009c', '\\u{9d}8;;http://evil\\u{9c}'],
    ['a delete', 'a\u007f', 'a\\u{7f}'],
    ['a carriage return that overwrites', 'upheld\rreversed', 'upheld\\u{d}reversed'],
    ['a line feed that starts another line', 'a\nredress: all is well', 'a\\u{a}redress: all is well'],
    ['a text shown backwards', '\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['an isolate', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
    ['marks of direction', '\u200ea\u200f\u061c', '\\u{200e}a\\u{200f}\\u{61c}'],
    ['separators of lines and paragraphs', 'a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
    ['invisible characters', 'ad\u200bmin\u2060\ufeff\u00ad', 'ad\\u{200b}min\\u{2060}\\u{feff}\\u{ad}'],
    [
      'fillers',
      '\u034f\u115f\u1160\u3164\uffa0\u180e\u2800',
      '\\u{34f}\\u{115f}\\u{1160}\\u{3164}\\u{ffa0}\\u{180e}\\u{2800}',
    ],
    ['tags', 'a\u{e0041}\u{e007f}', 'a\\u{e0041}\\u{e007f}'],
    ['variation selectors that carry data', 'a\ufe00\ufe0f\u{e0100}', 'a\\u{fe00}\\u{fe0f}\\u{e0100}'],
    ['joiners that hide in a word', 'ad\u200dmin\u200c', 'ad\\u{200d}min\\u{200c}'],
    ['a joiner that joins nothing', '\u{1f469}\u200d', '\u{1f469}\\u{200d}'],
    ['more selectors than an emoji has', '\u2764\ufe0f\ufe0f', '\u2764\ufe0f\\u{fe0f}'],
    ['annotations', '\ufff9a\ufffab\ufffb', '\\u{fff9}a\\u{fffa}b\\u{fffb}'],
    ['half a surrogate pair', '\ud800', '\\u{d800}'],
    ['noncharacters', '\uffff\u{1fffe}', '\\u{ffff}\\u{1fffe}'],
  ])('%s is shown and not obeyed', (_what, text, expected) => {
    expect(safeText(text)).toBe(expected)
  })

  test.each([
    'Das ist eine Steppdecke \u2013 wirklich!',
    '\u8fd9\u662f\u88ab\u5b50\u3000\uff01',
    'Prix\u00a0: 12\u202f\u20ac',
    // Emoji: a farmer, a heart in colour, a key, a firefighter of a skin colour, a kiss.
    '\u{1f469}\u200d\u{1f33e}',
    '\u2764\ufe0f',
    '1\ufe0f\u20e3',
    '\u{1f469}\u{1f3fd}\u200d\u{1f692}',
    '\u{1f469}\u200d\u2764\ufe0f\u200d\u{1f48b}\u200d\u{1f469}',
    // Hindi, Persian with a non-joiner, Devanagari with a joiner.
    '\u0928\u092e\u0938\u094d\u0924\u0947',
    '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645',
    '\u0915\u094d\u200d\u0937',
  ])('%s is unchanged', (text) => {
    expect(safeText(text)).toBe(text)
    expect(safeLines(text)).toBe(text)
  })

  test('every character is either visible or escaped, wherever it is, and escaping again changes nothing', () => {
    const joiners = fc.constantFrom(
      '\u200c',
      '\u200d',
      '\ufe0e',
      '\ufe0f',
      '\u20e3',
      '1',
      '\u2605',
      '\u{1f469}',
      '\u{1f3fd}',
      '\u0645',
      '\u094d',
    )
    const text = fc
      .array(fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), joiners))
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (text) => {
        const safe = safeText(text)
        expect(safe).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|\p{Bidi_Control}/u)
        // What Unicode draws as nothing is left only after what it belongs to.
        expect(safe).not.toMatch(/(?:^|[ -~])[\u200c\u200d]|[^\P{ASCII}0-9#*][\ufe0e\ufe0f]/u)
        expect(safe.replace(/\u200c|\u200d|\ufe0e|\ufe0f/g, '')).not.toMatch(
          /\p{Default_Ignorable_Code_Point}/u,
        )
        expect(safeText(safe)).toBe(safe)
      }),
    )
  })
})

test('given a text of several lines, line feeds are kept and a lone carriage return is not', () => {
  expect(safeLines('a\u001b\r\nb\rc\n\n\u2028d\n')).toBe('a\\u{1b}\r\nb\\u{d}c\n\n\\u{2028}d\n')
})

test('what is safe for lines is safe for each line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
      expect(safeLines(lines.join('\n'))).toBe(lines.map(safeText).join('\n'))
    }),
  )
})
