import * as E from '#fp/Either'
import {
  type HistoryOptions,
  tripwiresOver,
  type WiresTripped,
} from '../../incidents/tripwires/over-ledger.ts'
import type { AppError } from '../error.ts'
import { loadError } from '../replay/load.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, readingLedger } from '../stores.ts'

/** Lists the tripwires that the first events of a ledger set off. */
export const listTripwires = ({
  at,
  onProgress,
  ...place
}: LedgerPlace & HistoryOptions): Promise<E.Either<AppError, WiresTripped>> =>
  readingLedger(place, async (opened) => {
    const read = await tripwiresOver(opened, { at, onProgress })
    if (E.isRight(read)) return read
    return read.left.kind === 'no_such_sequence' ? loadError(read.left) : ledgerResult(E.left(read.left))
  })
