/** What went wrong between Redress and Kafka. */
export type KafkaError =
  /** No broker could be asked, or none let us in. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** A topic is not there, or not to be used. */
  | { readonly kind: 'topic'; readonly message: string }
  /** The group has read on for another ledger, or for a later state of this one. */
  | { readonly kind: 'other_ledger'; readonly message: string }
  /** The consumer ended for good. */
  | { readonly kind: 'crashed'; readonly message: string }

/** An error and what caused it, outermost first. */
function* chain(error: unknown): Iterable<Error> {
  let current = error
  for (let depth = 0; current instanceof Error && depth < 10; depth++) {
    yield current
    current = current.cause
  }
}

/** The protocol's names of an error and of what caused it, such as `MESSAGE_TOO_LARGE`. */
export const errorTypes = (error: unknown): ReadonlyArray<string> =>
  [...chain(error)].flatMap((one) => ('type' in one && typeof one.type === 'string' ? [one.type] : []))

/** One line for people: the innermost cause, which says most. */
export const reasonOf = (error: unknown): string => {
  const innermost = [...chain(error)].at(-1)
  return innermost === undefined ? String(error) : innermost.message
}

const TOO_LARGE: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])

/** Whether a topic found what was sent too large. */
export const isTooLarge = (error: unknown): boolean => errorTypes(error).some((type) => TOO_LARGE.has(type))
