import type { Scalar } from 'yaml'

/**
 * Where in the text of a YAML document an offset inside a scalar's value is written (both in UTF-16 units from 0).
 * Folding, indentation and escapes make the two differ in white space and in what a backslash writes; everything else
 * is written as it is, in order, so both are scanned in parallel. Exact for everything but white space.
 */
export const offsetInScalar = (text: string, scalar: Scalar, offset: number): number => {
  const [start, end] = scalar.range ?? [0, 0]
  const value = typeof scalar.value === 'string' ? scalar.value : ''
  const quote = scalar.type === 'QUOTE_DOUBLE' ? '"' : scalar.type === 'QUOTE_SINGLE' ? "'" : ''
  const isBlock = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED'
  const space = quote === '"' ? SPACE_OR_ESCAPED : SPACE
  // A block's first line is its header (`|-`); a quote precedes its text.
  let at = isBlock ? text.indexOf('\n', start) + 1 || end : start + quote.length
  for (let i = 0; i < value.length; i++) {
    if (SPACE.test(value.charAt(i))) {
      if (i >= offset) return at
      continue
    }
    const written = at + (space.exec(text.slice(at, end))?.[0].length ?? 0)
    at = written
    if (quote === '"' && text.charAt(at) === '\\') {
      // One escape can produce two units (a surrogate pair).
      if (text.charAt(at + 1) === 'U' && value.codePointAt(i) !== value.charCodeAt(i)) i++
      at += ESCAPE_LENGTHS.get(text.charAt(at + 1)) ?? 2
    } else at += quote === "'" && value.charAt(i) === "'" ? 2 : 1
    if (i >= offset) return written
  }
  return Math.min(at, end)
}

const SPACE = /^[ \t\r\n]+/
/** In double quotes an escape can produce white space, and a backslash at a line's end joins the lines. */
const SPACE_OR_ESCAPED = /^(?:[ \t\r\n]|\\(?:[ntr \t\r\n]|(?:x|u00|U000000)(?:20|0[9aAdD])))+/
const ESCAPE_LENGTHS = new Map([
  ['x', 4],
  ['u', 6],
  ['U', 10],
])
