import type { Diagnostic } from './diagnostic.ts'

/** Before a quote: a raw string has no escapes, and bytes are refused later. */
const PREFIX = /(?<![A-Za-z0-9_])(?:[bB]?[rR]|[rR]?[bB])$/

/**
 * The first backslash in a condition's strings that does not start a CEL escape (langdef, "String and Bytes Values"); null if
 * there is none. The parser reads `'\d'` as a backslash and a d, and `'\u12'` as a control character: such a rule would
 * pass every check and never fire.
 */
export const wrongEscape = (text: string): Diagnostic | null => {
  let at = 0
  while (at < text.length) {
    const character = text.charAt(at)
    if (text.startsWith('//', at)) {
      const end = text.indexOf('\n', at)
      at = end === -1 ? text.length : end
    } else if (character === '"' || character === "'") {
      const isRaw = /r/i.test(PREFIX.exec(text.slice(Math.max(0, at - 3), at))?.[0] ?? '')
      const quote = text.startsWith(character.repeat(3), at) ? character.repeat(3) : character
      at += quote.length
      while (at < text.length && !text.startsWith(quote, at)) {
        if (text.charAt(at) !== '\\' || isRaw) {
          at++
          continue
        }
        const found = escapeAt(text, at)
        if (found.problem !== null) return { offset: at, ...found.problem }
        at += found.length
      }
      at += quote.length
    } else at++
  }
  return null
}

type Problem = { readonly message: string; readonly hint: string }
type Escape = { readonly length: number; readonly problem: Problem | null }

/** How many hexadecimal digits follow. */
const HEX: Readonly<Record<string, number>> = { x: 2, X: 2, u: 4, U: 8 }

const escapeAt = (text: string, at: number): Escape => {
  const letter = String.fromCodePoint(text.codePointAt(at + 1) ?? 0)
  const digits = HEX[letter]
  if (digits !== undefined) {
    const written = text.slice(at + 2, at + 2 + digits)
    const isWhole = written.length === digits && /^[0-9a-fA-F]+$/.test(written)
    if (!isWhole) {
      return wrong(`\\${letter} needs ${digits} hexadecimal digits`, `such as \\${letter}${EXAMPLES[letter]}`)
    }
    const point = Number.parseInt(written, 16)
    if (point > 0x10ffff)
      return wrong(`\\${letter}${written} is beyond U+10FFFF, the last character`, BACKSLASH)
    if (point >= 0xd800 && point <= 0xdfff) {
      return wrong(
        `\\${letter}${written} is half of a surrogate pair, not a character`,
        'write the whole character, or its code point as \\U and 8 digits',
      )
    }
    return { length: 2 + digits, problem: null }
  }
  if (/[0-9]/.test(letter)) {
    return /^[0-3][0-7]{2}/.test(text.slice(at + 1))
      ? { length: 4, problem: null }
      : wrong('a backslash before a digit needs three octal digits, \\000 to \\377', BACKSLASH)
  }
  // A backslash at the very end leaves the string unclosed, which the parser reports.
  if (/[abfnrtv\\?"'`]/.test(letter) || at + 1 >= text.length) return { length: 2, problem: null }
  const shown = letter === ' ' ? 'a backslash before a space' : `\\${letter}`
  return wrong(`${shown} is not a CEL escape`, BACKSLASH)
}

const EXAMPLES: Readonly<Record<string, string>> = { x: '41', X: '41', u: '00e9', U: '0001f600' }
const BACKSLASH = 'write \\\\ for a backslash'

const wrong = (message: string, hint: string): Escape => ({ length: 0, problem: { message, hint } })
