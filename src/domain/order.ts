import { definitionOf, type EventType, type StoredEvent } from './event.ts'
import { instantOf, nanosWithinMs } from './time.ts'

/** An event's place in the order of replay: a total order that does not depend on delivery. */
export type Place = {
  /** When it happened, in ms since the epoch. */
  readonly at: number
  /** Nanoseconds into that millisecond: some services' clocks tick in microseconds. */
  readonly nanos: number
  /** Of its type: orders what happens at one instant. */
  readonly rank: number
  readonly source: string
  readonly id: string
  /** Distinguishes what one service published under one id for two accounts. */
  readonly subject: string
}

export const placeOf = (event: Pick<StoredEvent, 'time' | 'type' | 'source' | 'id' | 'subject'>): Place => ({
  at: instantOf(event.time),
  nanos: nanosWithinMs(event.time),
  rank: definitionOf(event.type).rank,
  source: event.source,
  id: event.id,
  subject: event.subject,
})

/** An event and its place, which is computed once per fold. */
export type PlacedEvent<T extends EventType = EventType> = {
  readonly event: StoredEvent<T>
  readonly place: Place
}

/** Events in the order of replay, each (source, id) once. */
export const placeInOrder = (events: Iterable<StoredEvent>): ReadonlyArray<PlacedEvent> => {
  const placed = Array.from(events, (event) => ({ event, place: placeOf(event) }))
  placed.sort((a, b) => comparePlaces(a.place, b.place))
  const seen = new Set<string>()
  return placed.filter(({ event }) => {
    const identity = `${event.source} ${event.id}` // a source has no spaces
    const isNew = !seen.has(identity)
    seen.add(identity)
    return isNew
  })
}

/** Negative when `a` comes before `b` in the order of replay; 0 only for one and the same event. */
export const comparePlaces = (a: Place, b: Place): number =>
  a.at - b.at ||
  a.nanos - b.nanos ||
  a.rank - b.rank ||
  compareUtf8(a.source, b.source) ||
  compareUtf8(a.id, b.id) ||
  compareUtf8(a.subject, b.subject)

/**
 * Compares strings by their UTF-8 bytes, that is, by code points. (`<` compares UTF-16 units, which puts U+FF61 after
 * U+1F600.)
 */
export const compareUtf8 = (a: string, b: string): number => {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1
  }
  return a.length - b.length
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff
