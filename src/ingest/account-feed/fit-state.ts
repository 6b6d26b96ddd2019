import { Buffer } from 'node:buffer'
import type { PublishedState } from './state.ts'

/** A state as it is sent: JSON in UTF-8. */
export const stateBytes = (state: PublishedState): Buffer => Buffer.from(JSON.stringify(state))

/**
 * A state of at most this many bytes: itself, or with as many of the newest entries of each list as fit, and marked
 * so. The counts, and the ends of suspension and termination, are never cut; a state without entries is returned
 * whatever its size.
 */
export const fitted = (state: PublishedState, most: number): PublishedState => {
  if (stateBytes(state).length <= most) return state
  // Binary search: `fits` entries fit (or none do), `tooMany` do not.
  let fits = 0
  let tooMany = longest(state)
  while (tooMany - fits > 1) {
    const entries = Math.floor((fits + tooMany) / 2)
    if (stateBytes(newest(state, entries)).length <= most) fits = entries
    else tooMany = entries
  }
  return newest(state, fits)
}

/** Whether a state has entries that can be dropped. */
export const canBeCut = (state: PublishedState): boolean => longest(state) > 0

const longest = ({
  deactivations,
  removals,
  flags,
  openAppeals,
  decisionsToReverse,
}: PublishedState): number =>
  Math.max(...[deactivations, removals, flags, openAppeals, decisionsToReverse].map(({ length }) => length))

const newest = (state: PublishedState, entries: number): PublishedState => ({
  ...state,
  truncated: true,
  deactivations: last(state.deactivations, entries),
  removals: last(state.removals, entries),
  flags: last(state.flags, entries),
  openAppeals: last(state.openAppeals, entries),
  decisionsToReverse: last(state.decisionsToReverse, entries),
})

const last = <A>(list: ReadonlyArray<A>, entries: number): ReadonlyArray<A> =>
  list.slice(Math.max(0, list.length - entries))
