import { quoted } from '../text/quoted.ts'

/** A path in a document: field names and item indexes, from the outside in. */
export type Segments = ReadonlyArray<string | number>

/**
 * A problem of a document that people write, such as a ruleset. An error leaves it without a meaning; a warning says that it cannot mean what
 * its author wants.
 */
export type Problem = {
  readonly severity: 'error' | 'warning'
  /** The field, such as `rules[0].when`; empty for the document as a whole. */
  readonly path: string
  /** Both from 1, a column being a UTF-16 unit as in editors; null if the document came without its text. */
  readonly line: number | null
  readonly column: number | null
  readonly message: string
  /** What to do about it. */
  readonly hint: string | null
}

/** A problem before its position in the text is known. */
export type Finding = {
  readonly severity: Problem['severity']
  readonly segments: Segments
  /** Whether the field's name or its value is wrong. */
  readonly on: 'name' | 'value'
  /** For a text: the offset in it, in UTF-16 units from 0. */
  readonly offset: number | null
  readonly message: string
  readonly hint: string | null
}

/** An error about a field's value. */
export const valueError = (segments: Segments, message: string, hint: string | null = null): Finding => ({
  severity: 'error',
  segments,
  on: 'value',
  offset: null,
  message,
  hint,
})

/** The same finding as a warning. */
export const asWarning = (finding: Finding): Finding => ({ ...finding, severity: 'warning' })

/** One line for people: position, field, what is wrong, what to do. */
export const describeProblem = ({ line, column, path, message, hint }: Problem): string => {
  const place = line === null ? '' : `${line}:${column}: `
  const field = path === '' ? '' : `${path}: `
  return `${place}${field}${message}${hint === null ? '' : ` (${hint})`}`
}

const PLAIN_NAME = /^[A-Za-z_$][\w$-]{0,199}$/

/** `rules[0].when`; an unusual name is quoted and shortened, in visible ASCII only. */
export const pathOf = (segments: Segments): string => {
  let path = ''
  for (const segment of segments) {
    if (typeof segment === 'number') path += `[${segment}]`
    else if (PLAIN_NAME.test(segment)) path += path === '' ? segment : `.${segment}`
    else path += `[${quoted(segment)}]`
  }
  return path
}
