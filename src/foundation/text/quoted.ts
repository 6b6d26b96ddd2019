import { escapedUnits } from './json-text.ts'

const LONGEST = 60

/**
 * An untrusted text in quotation marks, for messages: shortened, in visible ASCII only, so that lookalikes can be
 * distinguished.
 */
export const quoted = (text: string): string => {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text
  return JSON.stringify(short).replace(/[^\x20-\x7e]/g, escapedUnits)
}
