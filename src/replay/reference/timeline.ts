import { comparePlaces, type Place } from '../../domain/order.ts'

/** Tracks which things are in effect at a moment; each begins at a place and ends for good. */
export type Timeline<A> = {
  /** Those that began before the moment and have not ended, in order. Moments must not decrease from call to call. */
  readonly at: (moment: Place) => Generator<A, void, undefined>
}

/**
 * Walks things in the order of time; `hasEnded` must stay true once it is. What has ended is visited once more and then never
 * again, so that the cost of a whole walk is the number of things plus results.
 */
export const timelineOf = <A extends { readonly place: Place }>(
  things: ReadonlyArray<A>,
  hasEnded: (thing: A, moment: Place) => boolean,
): Timeline<A> => {
  type Link = { readonly thing: A | null; next: Link | null }
  const head: Link = { thing: null, next: null }
  let tail = head
  let started = 0

  const start = (moment: Place): void => {
    for (let thing = things[started]; thing !== undefined; thing = things[++started]) {
      if (comparePlaces(thing.place, moment) >= 0) return
      tail.next = { thing, next: null }
      tail = tail.next
    }
  }
  return {
    at: function* (moment) {
      start(moment)
      let before = head
      for (let link = head.next; link !== null; link = link.next) {
        if (link.thing === null) continue
        if (hasEnded(link.thing, moment)) {
          before.next = link.next
          if (link === tail) tail = before
        } else {
          before = link
          yield link.thing
        }
      }
    },
  }
}
