/** What went wrong between Redress and Kafka. */
export type KafkaError =
  /** No broker could be reached, or none accepted us. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** A topic does not exist, or cannot be used. */
  | { readonly kind: 'topic'; readonly message: string }
  /** Brokers answer, but were not ready in the time allowed. */
  | { readonly kind: 'not_ready'; readonly message: string }
  /** The group has read for another ledger, or for a later state of this one. */
  | { readonly kind: 'other_ledger'; readonly message: string }
  /** The consumer ended permanently. */
  | { readonly kind: 'crashed'; readonly message: string }

/** Temporary, and not an error of the protocol. */
export class Passing extends Error {}

/** An error and what caused it, outermost first. */
function* chain(error: unknown): Iterable<Error> {
  let current = error
  for (let depth = 0; current instanceof Error && depth < 10; depth++) {
    yield current
    current = current.cause
  }
}

/** The protocol's names of an error and its causes, such as `MESSAGE_TOO_LARGE`. */
const errorTypes = (error: unknown): ReadonlyArray<string> =>
  [...chain(error)].flatMap((one) => ('type' in one && typeof one.type === 'string' ? [one.type] : []))

/** One line for people: the innermost cause, which is the most specific. */
export const reasonOf = (error: unknown): string => {
  const innermost = [...chain(error)].at(-1)
  return innermost === undefined ? String(error) : innermost.message
}

/** Why the first connection to any of the brokers failed, and what to do. */
export const whyNoBroker = (brokers: ReadonlyArray<string>, error: unknown): string => {
  const isRefused = [...chain(error)].some(({ name }) => name === 'KafkaJSSASLAuthenticationError')
  return isRefused
    ? `${brokers.join(', ')}: ${reasonOf(error)}; check the mechanism, the user and the password`
    : `no answer from ${brokers.join(', ')}: ${reasonOf(error)}; check the address, and that the broker is running`
}

/**
 * Whether another producer has taken over our transactional id, or our transaction lasted longer than brokers allow: they
 * answer the same. kafkajs 2.2.4 does not know the newer of both codes, `PRODUCER_FENCED` (90).
 */
export const isFenced = (error: unknown): boolean =>
  errorTypes(error).includes('INVALID_PRODUCER_EPOCH') || reasonOf(error) === 'Unknown error code 90'

const TOO_LARGE: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])

/** Whether a topic rejected what was sent as too large. */
export const isTooLarge = (error: unknown): boolean => errorTypes(error).some((type) => TOO_LARGE.has(type))

/**
 * Whether a retry may succeed. kafkajs 2.2.4 has Kafka's own table of retriable errors (complete, compared with that
 * of Kafka 4.4, except for errors of requests that it does not send). It calls these final all the same: that its
 * retries are exhausted, that no broker knew the group's coordinator, and that it waited long for a connection in
 * progress. Also retried: what the protocol answers with an invitation to rejoin a group.
 */
export const isRetriable = (error: unknown): boolean => {
  const all = [...chain(error)]
  if (all.some((one) => one instanceof Passing || RETRIABLE_NAMES.has(one.name))) return true
  if (errorTypes(error).some((type) => REJOIN.has(type))) return true
  const innermost = all.at(-1)
  return innermost !== undefined && 'retriable' in innermost && innermost.retriable === true
}

const RETRIABLE_NAMES: ReadonlySet<string> = new Set([
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSLockTimeout',
])

/** By kafkajs's names. */
export const REJOIN: ReadonlySet<string> = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
])
