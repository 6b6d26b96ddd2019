import * as E from '#fp/Either'
import { isRejectionCode, type RejectionCode, rejectionCodes } from '../../ingest/accept/rejection.ts'
import type { AppError } from '../error.ts'
import { lettersResult } from '../results.ts'
import { readingDeadLetters } from '../stores.ts'

/** How many dead letters there are for a reason. */
export type LettersRefused = { readonly code: RejectionCode; readonly count: number }

/** How many unresolved dead letters there are for each reason that has any, most first. */
export const countUnresolved = (
  data: string,
  clock: () => number,
): Promise<E.Either<AppError, ReadonlyArray<LettersRefused>>> =>
  readingDeadLetters(data, clock, (letters) => {
    const counts: LettersRefused[] = []
    for (const code of Object.keys(rejectionCodes).filter(isRejectionCode)) {
      const count = lettersResult(letters.count({ code, unresolved: true }))
      if (E.isLeft(count)) return count
      if (count.right > 0) counts.push({ code, count: count.right })
    }
    return E.right(counts.sort((a, b) => b.count - a.count))
  })
