import type { Scalar } from 'yaml'

/**
 * Where in the text of a YAML document a place inside a scalar's value is written (both in UTF-16 units from 0).
 * Folding, indentation and escapes make the two differ in white space and in what a backslash writes; everything
 * else is written as it is, in order, so both are walked side by side. Exact for everything but white space.
 */
export const offsetInScalar = (text: string, scalar: Scalar, offset: number): number => {
  const [start, end] = scalar.range ?? [0, 0]
  const value = typeof scalar.value === 'string' ? scalar.value : ''
  const quote = scalar.type === 'QUOTE_DOUBLE' ? '"' : scalar.type === 'QUOTE_SINGLE' ? "'" : ''
  const isBlock = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED'
  // A block's first line is its header (`|-`); a quote stands before its text.
  let at = isBlock ? text.indexOf('\n', start) + 1 || end : start + quote.length
  let last = at
  for (let i = 0; i <= offset && i < value.length && at < end; i++) {
    const unit = value.charAt(i)
    if (isSpace(unit)) {
      last = at
      if (isSpace(text.charAt(at))) at++
      else if (quote === '"' && text.charAt(at) === '\\') at += escapeLength(text, at)
      continue
    }
    at = skipSpace(text, at, end, quote)
    last = at
    if (quote === '"' && text.charAt(at) === '\\') {
      // One escape can write two units (a surrogate pair).
      if (text.charAt(at + 1) === 'U' && value.codePointAt(i) !== value.charCodeAt(i)) i++
      at += escapeLength(text, at)
    } else at += quote === "'" && unit === "'" ? 2 : 1
  }
  return offset >= value.length ? Math.min(at, end) : last
}

const isSpace = (unit: string): boolean => unit === ' ' || unit === '\t' || unit === '\n' || unit === '\r'

/** The next place that writes something other than white space. */
const skipSpace = (text: string, from: number, end: number, quote: string): number => {
  let at = from
  while (at < end) {
    if (isSpace(text.charAt(at))) at++
    // In double quotes a backslash at a line's end joins the lines.
    else if (quote === '"' && text.charAt(at) === '\\' && isSpace(text.charAt(at + 1))) at++
    else break
  }
  return at
}

const escapeLength = (text: string, at: number): number => ({ x: 4, u: 6, U: 10 })[text.charAt(at + 1)] ?? 2
