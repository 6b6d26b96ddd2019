import type { LoggedEvent, LogPosition } from './log.ts'

export type Direction = 'forwards' | 'backwards'

const before = (event: LoggedEvent, position: LogPosition): boolean =>
  event.position.commit < position.commit ||
  (event.position.commit === position.commit && event.position.prepare < position.prepare)

/** The index of the first event at a position or after it. */
export const indexFrom = (events: ReadonlyArray<LoggedEvent>, position: LogPosition): number => {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    const event = events[middle]
    if (event !== undefined && before(event, position)) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Whether a record begins there, or nothing is written there yet. The real server reads a record at the byte that it is
 * told, and fails when there is none ("Trying to read from an invalid position").
 */
export const isReadable = (
  events: ReadonlyArray<LoggedEvent>,
  end: bigint,
  position: LogPosition,
): boolean => {
  if (position.commit === 0n || position.commit >= end) return true
  const at = events[indexFrom(events, { commit: position.commit, prepare: 0n })]
  return at?.position.commit === position.commit
}

/** At most `count` indexes of events, in the order of reading. */
export function* indexes(first: number, length: number, direction: Direction, count: number) {
  const step = direction === 'forwards' ? 1 : -1
  let left = count
  for (let index = first; index >= 0 && index < length && left > 0; index += step, left -= 1) yield index
}

/** Where a read of a stream begins. The revision is inclusive both ways; `events` may begin later than at 0. */
export const firstOfStream = (
  events: ReadonlyArray<Pick<LoggedEvent, 'revision'>>,
  from: 'start' | 'end' | number,
  direction: Direction,
): number => {
  const last = events.length - 1
  if (direction === 'forwards') {
    if (from === 'end') return events.length
    const found = from === 'start' ? 0 : events.findIndex(({ revision }) => revision >= from)
    return found === -1 ? events.length : found
  }
  if (from === 'end') return last
  return from === 'start' ? 0 : events.findLastIndex(({ revision }) => revision <= from)
}

/**
 * Where a read of `$all` begins. Forwards a position is that of the first event that comes. Backwards it is the place
 * behind it, so the event at the position itself does not come: the real server's `AllReader` does this.
 */
export const firstOfAll = (
  events: ReadonlyArray<LoggedEvent>,
  from: 'start' | 'end' | LogPosition,
  direction: Direction,
): number => {
  const inclusive = from === 'start' ? 0 : from === 'end' ? events.length : indexFrom(events, from)
  return direction === 'forwards' ? inclusive : inclusive - 1
}
