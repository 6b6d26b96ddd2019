import * as E from '#fp/Either'
import type { DeadLetter, LetterFilter } from '../../ingest/dead-letters/letter.ts'
import type { AppError } from '../error.ts'
import { lettersResult } from '../results.ts'
import { readingDeadLetters } from '../stores.ts'

/** How many letters there are, and the newest of them. */
export type LetterList = { readonly total: number; readonly letters: ReadonlyArray<DeadLetter> }

export type ListOptions = Omit<LetterFilter, 'limit'> & {
  readonly data: string
  /** Ms since the epoch. */
  readonly clock: () => number
  readonly limit: number
}

/** Lists dead letters, newest sighting first. */
export const listDeadLetters = ({
  data,
  clock,
  limit,
  ...filter
}: ListOptions): Promise<E.Either<AppError, LetterList>> =>
  readingDeadLetters(data, clock, (letters) => {
    const total = lettersResult(letters.count(filter))
    if (E.isLeft(total)) return total
    return E.map((shown: ReadonlyArray<DeadLetter>) => ({ total: total.right, letters: shown }))(
      lettersResult(letters.list({ ...filter, limit })),
    )
  })
