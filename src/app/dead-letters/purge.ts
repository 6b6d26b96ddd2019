import * as E from '#fp/Either'
import type { AppError } from '../error.ts'
import { lettersResult } from '../results.ts'
import { withDeadLetters } from '../stores.ts'

export type PurgeOptions = {
  readonly data: string
  readonly clock: () => number
  /** Ms since the last sighting. */
  readonly olderThan: number
  readonly onlyResolved: boolean
}

/** Deletes dead letters that were last seen longer ago than this; returns how many were deleted, and how many are left. */
export const purgeDeadLetters = ({
  data,
  clock,
  olderThan,
  onlyResolved,
}: PurgeOptions): Promise<E.Either<AppError, { readonly purged: number; readonly kept: number }>> =>
  withDeadLetters(data, clock, (letters) => {
    const purged = lettersResult(letters.purge(clock() - olderThan, onlyResolved))
    if (E.isLeft(purged)) return purged
    return E.map((kept: number) => ({ purged: purged.right, kept }))(lettersResult(letters.count({})))
  })
