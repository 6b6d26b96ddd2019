import { pathOf, type Segments } from '../../foundation/documents/problem.ts'

/**
 * What a detailed pass over a JSON text finds: where it stops being JSON, or otherwise the first duplicate key, or
 * otherwise the first non-zero number that JSON.parse turns into 0.
 */
export type JsonFinding =
  | { readonly kind: 'syntax'; readonly at: number; readonly expected: string }
  | { readonly kind: 'duplicate' | 'underflow'; readonly path: string }

/**
 * Parses a text by the grammar of RFC 8259 and reports what is wrong with it; `undefined` if JSON.parse accepts it,
 * every object's keys differ, and no number becomes 0. Slow compared with JSON.parse, so it only runs on texts known
 * to be wrong. Nesting must have been limited before, because it recurses. `at` counts UTF-16 units from 0.
 */
export const findInJson = (text: string): JsonFinding | undefined => {
  let at = 0
  let duplicate: string | undefined
  let underflow: string | undefined

  const syntax = (expected: string): JsonFinding => ({ kind: 'syntax', at, expected })
  const skipSpace = (): void => {
    while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at++
  }
  /** Skips a character if it is the next one after white space. */
  const take = (character: string): boolean => {
    skipSpace()
    if (text.charAt(at) !== character) return false
    at++
    return true
  }
  const takePattern = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }

  const string = (): JsonFinding | undefined => {
    at++
    for (;;) {
      const unit = text.charCodeAt(at)
      if (Number.isNaN(unit)) return syntax('the quotation mark that ends a string')
      if (unit < 0x20) return syntax('no control character in a string (write it as \\u00…)')
      if (unit === QUOTE) {
        at++
        return undefined
      }
      if (unit !== BACKSLASH) at++
      else if (!takePattern(ESCAPE))
        return syntax('an escape of JSON (\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0000)')
    }
  }

  const object = (here: Segments): JsonFinding | undefined => {
    at++
    if (take('}')) return undefined
    const keys = new Set<string>()
    do {
      skipSpace()
      if (text.charCodeAt(at) !== QUOTE) return syntax('a key in quotation marks')
      const from = at
      const broken = string()
      if (broken !== undefined) return broken
      const key = String(JSON.parse(text.slice(from, at)))
      const below = [...here, key]
      if (keys.has(key)) duplicate ??= pathOf(below)
      keys.add(key)
      if (!take(':')) return syntax('a colon after the key')
      const found = value(below)
      if (found !== undefined) return found
    } while (take(','))
    return take('}') ? undefined : syntax('a comma or the } of an object')
  }

  const array = (here: Segments): JsonFinding | undefined => {
    at++
    if (take(']')) return undefined
    let index = 0
    do {
      const found = value([...here, index])
      if (found !== undefined) return found
      index++
    } while (take(','))
    return take(']') ? undefined : syntax('a comma or the ] of a list')
  }

  const value = (here: Segments): JsonFinding | undefined => {
    skipSpace()
    switch (text.charAt(at)) {
      case '{':
        return object(here)
      case '[':
        return array(here)
      case '"':
        return string()
      default:
        return scalar(here)
    }
  }

  const scalar = (here: Segments): JsonFinding | undefined => {
    const from = at
    if (!takePattern(SCALAR)) return syntax('a JSON value')
    const written = text.slice(from, at)
    if (Number(written) === 0 && /^[^eE]*[1-9]/.test(written)) underflow ??= pathOf(here)
    return undefined
  }

  const found = value([])
  if (found !== undefined) return found
  skipSpace()
  if (at < text.length) return syntax('nothing more after the JSON value')
  if (duplicate !== undefined) return { kind: 'duplicate', path: duplicate }
  return underflow === undefined ? undefined : { kind: 'underflow', path: underflow }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const SCALAR = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
