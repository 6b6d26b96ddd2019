import { safeLines } from './safe-text.ts'

/** Texts that a spreadsheet could take for a formula, also in the full width of East Asian keyboards (OWASP, "CSV Injection"). */
const FORMULA = /^(?:\s*[=+\-@\uff0b\uff0d\uff1d\uff20]|[\t\r\n])/

/**
 * A field by RFC 4180, safe to show: a text gets an apostrophe where a spreadsheet would read a formula, and quotes where
 * it needs them; a number stays as it is. Null is an empty field, an empty text is `""`.
 */
export const csvField = (value: string | number | null): string => {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = safeLines(FORMULA.test(value) ? `'${value}` : value)
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Fields as a line of CSV. */
export const csvLine = (fields: ReadonlyArray<string>): string => `${fields.join(',')}\r\n`
