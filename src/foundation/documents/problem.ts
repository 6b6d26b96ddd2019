import { quoted } from '../text/quoted.ts'

/** Where in a document: its fields' names and its items' places, from the outside in. */
export type Segments = ReadonlyArray<string | number>

/**
 * What is wrong with a ruleset's document. An error leaves it without a meaning; a warning says that it can't mean
 * what its author wants.
 */
export type Problem = {
  readonly severity: 'error' | 'warning'
  /** The field, such as `rules[0].when`; empty for the document as a whole. */
  readonly path: string
  /** Both from 1, a column being a UTF-16 unit as in editors; null where the document came without its text. */
  readonly line: number | null
  readonly column: number | null
  readonly message: string
  /** What to do about it. */
  readonly hint: string | null
}

/** A problem before its place in the text is known. */
export type Finding = {
  readonly severity: Problem['severity']
  readonly segments: Segments
  /** Whether it is the field's name or its value that is wrong. */
  readonly on: 'name' | 'value'
  /** For a text: the place in it, in UTF-16 units from 0. */
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

/** One line for people: place, field, what is wrong, what to do. */
export const describeProblem = ({ line, column, path, message, hint }: Problem): string => {
  const place = line === null ? '' : `${line}:${column}: `
  const field = path === '' ? '' : `${path}: `
  return `${place}${field}${message}${hint === null ? '' : ` (${hint})`}`
}

const PLAIN_NAME = /^[A-Za-z_$][\w$-]{0,199}$/

/** `rules[0].when`; an odd name is quoted and shortened, in visible ASCII only. */
export const pathOf = (segments: Segments): string => {
  let path = ''
  for (const segment of segments) {
    if (typeof segment === 'number') path += `[${segment}]`
    else if (PLAIN_NAME.test(segment)) path += path === '' ? segment : `.${segment}`
    else path += `[${quoted(segment)}]`
  }
  return path
}
