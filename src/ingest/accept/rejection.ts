import { safeText } from '../../foundation/text/safe-text.ts'

/** Why a line did not become an event: a code for programs, with its meaning for people. */
export const rejectionCodes = {
  too_long: 'it is longer than 4 MiB',
  not_utf8: 'the bytes are not UTF-8',
  not_json: 'it is not one JSON value',
  too_deep: 'objects and lists are nested more than 32 levels deep',
  duplicate_key: 'an object has the same key twice',
  lone_surrogate: 'a string contains an unpaired surrogate',
  unsafe_number: 'a number cannot be stored exactly',
  invalid: 'not a valid event of a known type',
  untrusted:
    'a ruleset, a rescoring, an audit or a declined request from a source that is not trusted to publish it',
  ahead_of_clock: "the time is more than five minutes ahead of the ledger's clock",
  bad_ruleset: 'its ruleset does not compile, or is not the one that the event names',
  too_large: 'an event, a text or a document exceeds its size limit',
  conflict: 'the ledger holds a different event with this source and id',
  stream_damaged: 'its stream was deleted or cut in the cluster that holds the ledger',
  failed: 'internal error (a bug in Redress)',
} as const

export type RejectionCode = keyof typeof rejectionCodes

export const isRejectionCode = (text: string): text is RejectionCode => Object.hasOwn(rejectionCodes, text)

/** Why a line was refused. `path` is a JSON path such as `data.signals.adult_score`, empty for the whole line. */
export type Rejection = {
  readonly code: RejectionCode
  readonly path: string
  /** One line for people. */
  readonly message: string
}

const LONGEST_PATH = 300
const LONGEST_MESSAGE = 1_000

/**
 * A rejection whose texts are safe to print and to store unsealed. They name fields and never quote a value, which
 * may be what a person wrote; a ruleset's document is not personal and is quoted. Characters that could control a
 * terminal are escaped, and the length is limited.
 */
export const rejection = (code: RejectionCode, path: string, message: string): Rejection => ({
  code,
  path: bounded(namesOnly(code, path), LONGEST_PATH),
  message: bounded(namesOnly(code, message), LONGEST_MESSAGE),
})

/**
 * A path, or a message with paths in it, reduced to what certainly consists of names: a key that does not look like
 * one may be words in the wrong place, and so may everything within `personal`.
 */
const namesOnly = (code: string, text: string): string =>
  code === 'bad_ruleset'
    ? text
    : text.replace(QUOTED_KEY, '["\u2026"]').replace(WITHIN_PERSONAL, (_, personal: string) => personal)

const QUOTED_KEY = /\["(?:[^"\\]|\\.)*"\]/g
const WITHIN_PERSONAL = /\b(personal)[.[][^\s:;]*/gi

/** A rejection by an earlier Redress, whose message may quote what was sent. */
export const withoutQuotes = ({ code, path, message }: Rejection): Rejection => {
  const quotes = code === 'failed' || code === 'not_json' || path === 'content-type'
  return rejection(code, path, quotes ? rejectionCodes[code] : message)
}

export const describeRejection = ({ path, message }: Rejection): string =>
  path === '' ? message : `${path}: ${message}`

/** The start of a text, safe to show. */
const bounded = (text: string, longest: number): string =>
  safeText(text.length > longest ? `${text.slice(0, longest)}\u2026` : text)
