import type { StoredEvent } from '../../domain/event.ts'
import { instantOf } from '../../domain/time.ts'
import type { Decided } from './decided.ts'

/** The first event of each id, of one type, in the order of replay. */
const firstOfEach = <E extends StoredEvent>(
  events: ReadonlyArray<E>,
  idOf: (event: E) => string,
): ReadonlyArray<E> => {
  const first = new Map<string, E>()
  for (const event of events) if (!first.has(idOf(event))) first.set(idOf(event), event)
  return [...first.values()]
}

/** What was received, and the first decision that answers it. */
export type Received<E extends StoredEvent> = {
  readonly event: E
  readonly at: number
  readonly action: Decided | null
  /** From receipt to that decision, in ms; 0 where the clocks of two services have it before. */
  readonly msToAction: number | null
}

export type Notice = Received<StoredEvent<'notice.received.v1'>>
export type Order = Received<StoredEvent<'order.received.v1'>>

/** An account's notices; acted on by the first decision that rests on a flag naming the notice. */
export const noticesOf = (
  events: ReadonlyArray<StoredEvent>,
  decided: ReadonlyArray<Decided>,
): ReadonlyArray<Notice> => {
  const notices = events.filter((event) => event.type === 'notice.received.v1')
  return firstOfEach(notices, ({ data }) => data.noticeId).map((event) =>
    answered(
      event,
      decided.filter(({ grounds }) =>
        grounds.some(({ raised }) => raised.data.noticeId === event.data.noticeId),
      ),
    ),
  )
}

/**
 * An account's orders. One to act is acted on by the first decision from then on that concerns the content it names, or
 * where it names none, that rests on a flag of an authority. (No event says which order a decision follows.)
 */
export const ordersOf = (
  events: ReadonlyArray<StoredEvent>,
  decided: ReadonlyArray<Decided>,
): ReadonlyArray<Order> => {
  const orders = events.filter((event) => event.type === 'order.received.v1')
  return firstOfEach(orders, ({ data }) => data.orderId).map((event) => {
    const at = instantOf(event.time)
    const { kind, content } = event.data
    const isAnswer = ({ decision, origin, grounds }: Decided): boolean =>
      decision.at >= at &&
      (content === undefined
        ? origin === 'order'
        : contentsOf(decision.made, grounds).has(`${content.kind} ${content.id}`))
    return answered(event, kind === 'act' ? decided.filter(isAnswer) : [])
  })
}

const contentsOf = (made: Decided['decision']['made'], grounds: Decided['grounds']): ReadonlySet<string> => {
  const flagged = grounds.flatMap(({ raised }) => raised.data.content ?? [])
  const contents = made.type === 'content.removed.v1' ? [made.data.content, ...flagged] : flagged
  return new Set(contents.map(({ kind, id }) => `${kind} ${id}`))
}

/** Decisions come in the order of replay: the first of those that answer is the earliest. */
const answered = <E extends StoredEvent>(event: E, [action]: ReadonlyArray<Decided>): Received<E> => {
  const at = instantOf(event.time)
  return action === undefined
    ? { event, at, action: null, msToAction: null }
    : { event, at, action, msToAction: Math.max(0, action.decision.at - at) }
}
