import { safeLines } from './safe-text.ts'

/**
 * Texts that a spreadsheet could read as a formula, including the full-width characters of East Asian keyboards
 * (OWASP, "CSV Injection").
 */
const FORMULA = /^(?:\s*[=+\-@\uff0b\uff0d\uff1d\uff20]|[\t\r\n])/

/**
 * A field by RFC 4180, safe to show: a text gets an apostrophe if a spreadsheet would read a formula, and quotes if
 * it needs them; a number is unchanged. Null is an empty field, an empty text is `""`.
 */
export const csvField = (value: string | number | null): string => {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = safeLines(FORMULA.test(value) ? `'${value}` : value)
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Fields as a CSV line. */
export const csvLine = (fields: ReadonlyArray<string>): string => `${fields.join(',')}\r\n`
