/** What went wrong between Redress and Kafka. */
export type KafkaError =
  /** No broker could be asked, or none let us in. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** A topic is not there, or not to be used. */
  | { readonly kind: 'topic'; readonly message: string }
  /** Brokers answer, but were not ready in the time that is given them. */
  | { readonly kind: 'not_ready'; readonly message: string }
  /** The group has read on for another ledger, or for a later state of this one. */
  | { readonly kind: 'other_ledger'; readonly message: string }
  /** The consumer ended for good. */
  | { readonly kind: 'crashed'; readonly message: string }

/** What will be over soon, and is not an error of the protocol. */
export class Passing extends Error {}

/** An error and what caused it, outermost first. */
function* chain(error: unknown): Iterable<Error> {
  let current = error
  for (let depth = 0; current instanceof Error && depth < 10; depth++) {
    yield current
    current = current.cause
  }
}

/** The protocol's names of an error and of what caused it, such as `MESSAGE_TOO_LARGE`. */
const errorTypes = (error: unknown): ReadonlyArray<string> =>
  [...chain(error)].flatMap((one) => ('type' in one && typeof one.type === 'string' ? [one.type] : []))

/** One line for people: the innermost cause, which says most. */
export const reasonOf = (error: unknown): string => {
  const innermost = [...chain(error)].at(-1)
  return innermost === undefined ? String(error) : innermost.message
}

const TOO_LARGE: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])

/** Whether a topic found what was sent too large. */
export const isTooLarge = (error: unknown): boolean => errorTypes(error).some((type) => TOO_LARGE.has(type))

/**
 * Whether it may go well when it is tried again. kafkajs 2.2.4 has Kafka's own table of retriable errors (compared with
 * that of Kafka 4.4: whole, but for errors of requests that it does not send). It calls these final all the same: that it
 * has retried as often as it was told to, that no broker could say who coordinates a group, and that it waited long for a
 * connection that is being made. And what the protocol answers with an invitation to join a group again.
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
