import { replaceUnsafe } from './safe-text.ts'

const PLAIN = /^[\n\x20-\x7e]*$/

/**
 * A value as JSON that is safe to show: what is unsafe in its texts is written as `\u001b`, so that the value that a
 * parser reads is the same. Not for canonical JSON, whose bytes are hashed.
 */
export const jsonText = (value: unknown, indent?: number): string => {
  const json = JSON.stringify(value, null, indent)
  return PLAIN.test(json) ? json : replaceUnsafe(json, escaped)
}

/** A line feed is outside the texts: inside them `JSON.stringify` has escaped it. */
const escaped = (character: string): string => (character === '\n' ? character : escapedUnits(character))

/** Each UTF-16 unit of a text as JSON escapes it: `\u202e`. */
export const escapedUnits = (text: string): string =>
  text.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
