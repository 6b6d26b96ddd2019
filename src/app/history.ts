import * as E from '#fp/Either'
import type { FoldedLedger, HistoryOptions } from '../incidents/history.ts'
import type { LoadError } from '../replay/model/load.ts'
import type { AppError } from './error.ts'
import { loadError } from './replay/load.ts'
import { ledgerResult } from './results.ts'
import { type LedgerPlace, readingLedger } from './stores.ts'

type Over<A> = (ledger: FoldedLedger, options: HistoryOptions) => Promise<E.Either<LoadError, A>>

/** A use case that folds over the first events of a ledger. */
export const overHistory =
  <A>(fold: Over<A>) =>
  ({ at, onProgress, ...place }: LedgerPlace & HistoryOptions): Promise<E.Either<AppError, A>> =>
    readingLedger(place, async (opened) => {
      const read = await fold(opened, { at, onProgress })
      if (E.isRight(read)) return read
      return read.left.kind === 'no_such_sequence' ? loadError(read.left) : ledgerResult(E.left(read.left))
    })
