import { replaceUnsafe } from './safe-text.ts'

const PLAIN = /^[\n\x20-\x7e]*$/

/**
 * A value as JSON that is safe to show: unsafe characters in its texts are written as `\u001b`, so that a parser
 * reads the same value. Not for canonical JSON, whose bytes are hashed.
 */
export const jsonText = (value: unknown, indent?: number): string => {
  const json = JSON.stringify(value, null, indent)
  return PLAIN.test(json) ? json : replaceUnsafe(json, escaped)
}

/** A line feed can only be between texts: inside them `JSON.stringify` has escaped it. */
const escaped = (character: string): string => (character === '\n' ? character : escapedUnits(character))

/** Each UTF-16 unit of a text as a JSON escape: `\u202e`. */
export const escapedUnits = (text: string): string =>
  text.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
