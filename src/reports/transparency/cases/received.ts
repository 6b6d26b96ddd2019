import type { StoredEvent } from '../../../domain/event.ts'
import { instantOf } from '../../../domain/time.ts'
import type { Decided } from './decided.ts'

/** The first event of each id, among events of one type in the order of replay. */
const firstOfEach = <E extends StoredEvent>(
  events: ReadonlyArray<E>,
  idOf: (event: E) => string,
): ReadonlyArray<E> => {
  const first = new Map<string, E>()
  for (const event of events) if (!first.has(idOf(event))) first.set(idOf(event), event)
  return [...first.values()]
}

/** What was received, and the first decision that answers it. */
type Received<E extends StoredEvent> = {
  readonly event: E
  readonly at: number
  readonly action: Decided | null
  /** From receipt to that decision, in ms; 0 if the clocks of two services put the decision first. */
  readonly msToAction: number | null
}

export type Notice = Received<StoredEvent<'notice.received.v1'>>
export type Order = Received<StoredEvent<'order.received.v1'>>

/** An account's notices; acted on by the first decision based on a flag that names the notice. */
export const noticesOf = (
  events: ReadonlyArray<StoredEvent>,
  decided: ReadonlyArray<Decided>,
): ReadonlyArray<Notice> => {
  const notices = events.filter((event) => event.type === 'notice.received.v1')
  if (notices.length === 0) return []
  const resting = groupedBy(decided, ({ grounds }) =>
    grounds.flatMap(({ raised }) => raised.data.noticeId ?? []),
  )
  return firstOfEach(notices, ({ data }) => data.noticeId).map((event) =>
    answered(event, resting.get(event.data.noticeId)?.[0]),
  )
}

/**
 * An account's orders. An order to act is acted on by the first decision from then on that concerns the content it names
 * or, if it names none, is based on a flag from an authority. (No event says which order a decision follows.)
 */
export const ordersOf = (
  events: ReadonlyArray<StoredEvent>,
  decided: ReadonlyArray<Decided>,
): ReadonlyArray<Order> => {
  const orders = events.filter((event) => event.type === 'order.received.v1')
  if (orders.length === 0) return []
  const concerning = groupedBy(decided, ({ decision, grounds }) => contentsOf(decision.made, grounds))
  const onOrder = decided.filter(({ origin }) => origin === 'order')
  return firstOfEach(orders, ({ data }) => data.orderId).map((event) => {
    const { kind, content } = event.data
    const answers = content === undefined ? onOrder : (concerning.get(`${content.kind} ${content.id}`) ?? [])
    return answered(event, kind === 'act' ? firstFrom(answers, instantOf(event.time)) : undefined)
  })
}

/** The decisions under each of their keys, in order. */
const groupedBy = (
  decided: ReadonlyArray<Decided>,
  keysOf: (one: Decided) => Iterable<string>,
): ReadonlyMap<string, ReadonlyArray<Decided>> => {
  const groups = new Map<string, Decided[]>()
  for (const one of decided) {
    for (const key of new Set(keysOf(one))) {
      const group = groups.get(key) ?? []
      group.push(one)
      groups.set(key, group)
    }
  }
  return groups
}

/** The first decision made at an instant (ms) or later; the decisions are in the order of replay. */
const firstFrom = (decided: ReadonlyArray<Decided>, at: number): Decided | undefined => {
  // Binary search: an account may have as many orders as decisions.
  let low = 0
  let high = decided.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((decided[middle]?.decision.at ?? 0) < at) low = middle + 1
    else high = middle
  }
  return decided[low]
}

const contentsOf = (made: Decided['decision']['made'], grounds: Decided['grounds']): ReadonlySet<string> => {
  const flagged = grounds.flatMap(({ raised }) => raised.data.content ?? [])
  const contents = made.type === 'content.removed.v1' ? [made.data.content, ...flagged] : flagged
  return new Set(contents.map(({ kind, id }) => `${kind} ${id}`))
}

const answered = <E extends StoredEvent>(event: E, action: Decided | undefined): Received<E> => {
  const at = instantOf(event.time)
  return action === undefined
    ? { event, at, action: null, msToAction: null }
    : { event, at, action, msToAction: Math.max(0, action.decision.at - at) }
}
