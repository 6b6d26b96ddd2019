import * as E from '#fp/Either'
import { type AlarmsSounded, alarmsOver } from '../../incidents/alarm/over-ledger.ts'
import type { HistoryOptions } from '../../incidents/tripwires/over-ledger.ts'
import type { AppError } from '../error.ts'
import { loadError } from '../replay/load.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, readingLedger } from '../stores.ts'

/** Lists the alarms that the first events of a ledger would have sounded. */
export const listAlarms = ({
  at,
  onProgress,
  ...place
}: LedgerPlace & HistoryOptions): Promise<E.Either<AppError, AlarmsSounded>> =>
  readingLedger(place, async (opened) => {
    const read = await alarmsOver(opened, { at, onProgress })
    if (E.isRight(read)) return read
    return read.left.kind === 'no_such_sequence' ? loadError(read.left) : ledgerResult(E.left(read.left))
  })
