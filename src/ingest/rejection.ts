import { safeText } from '../foundation/safe-text.ts'

/** Why a line did not become an event: a word for programs, then what they mean for people. */
export const rejectionCodes = {
  too_long: 'it is longer than 4 MiB',
  not_utf8: 'the bytes are not UTF-8',
  not_json: 'it is not one JSON value',
  too_deep: 'objects and lists are nested more than 32 levels deep',
  duplicate_key: 'an object has the same key twice',
  lone_surrogate: 'a text holds half of a surrogate pair',
  unsafe_number: 'a number can not be kept exactly',
  invalid: 'not an event of a known type in its proper form',
  untrusted: 'a ruleset that comes from a source that is not trusted with rules',
  ahead_of_clock: "the time is more than five minutes ahead of the ledger's clock",
  bad_ruleset: 'the ruleset in it does not compile, or is not the one that it names',
  too_large: 'an event, a text or a document is larger than the ledger takes',
  conflict: 'the ledger holds another event under this source and id',
  stream_damaged: 'its stream was deleted or cut in the cluster that holds the ledger',
  failed: 'Redress itself failed on it, which is a mistake in Redress',
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
 * A rejection whose texts are safe to print. Paths and messages can quote what a stranger sent, so characters that
 * could steer a terminal are escaped and the length is bounded.
 */
export const rejection = (code: RejectionCode, path: string, message: string): Rejection => ({
  code,
  path: bounded(path, LONGEST_PATH),
  message: bounded(message, LONGEST_MESSAGE),
})

export const describeRejection = ({ path, message }: Rejection): string =>
  path === '' ? message : `${path}: ${message}`

/** The start of a text, safe to show. */
const bounded = (text: string, longest: number): string =>
  safeText(text.length > longest ? `${text.slice(0, longest)}\u2026` : text)
