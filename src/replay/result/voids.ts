import { compareUtf8 } from '../../domain/order.ts'
import type { PlacedFlag } from '../model/history.ts'

/** What reversing a decision voids. */
export type Voids = {
  /** The flags in evidence for it that are false under B, sorted. */
  readonly flagIds: ReadonlyArray<string>
  /** The decisions that these flags exist because of, sorted. */
  readonly becauseOf: ReadonlyArray<string>
}

/** What a decision voids whose evidence has these false flags. */
export const voidsOf = (flags: ReadonlyArray<PlacedFlag>): Voids =>
  flags.length === 0
    ? voidsNothing
    : {
        flagIds: sortedIds(flags.map(({ data }) => data.flagId)),
        becauseOf: sortedIds(flags.flatMap(({ data }) => data.becauseOf ?? [])),
      }

export const voidsNothing: Voids = { flagIds: [], becauseOf: [] }

/** Ids, each once, by their UTF-8 bytes. */
export const sortedIds = (ids: ReadonlyArray<string>): ReadonlyArray<string> =>
  [...new Set(ids)].sort(compareUtf8)
