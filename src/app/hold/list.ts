import * as E from '#fp/Either'
import { type Hold, holdsOf } from '../../domain/hold.ts'
import { formatInstant } from '../../domain/time.ts'
import { readHoldEvents } from '../../ledger/holds.ts'
import type { AppError } from '../error.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, readingLedger } from '../stores.ts'

/** Lists the holds of a ledger, those included that were lifted, in the order in which they were asked for. */
export const listHolds = (place: LedgerPlace): Promise<E.Either<AppError, ReadonlyArray<Hold>>> =>
  readingLedger(place, async ({ ledger }) => E.map(holdsOf)(ledgerResult(await readHoldEvents(ledger))))

/** A hold as JSON: times as RFC 3339. */
export const holdJson = ({ since, lifted, ...hold }: Hold) => ({
  ...hold,
  since: formatInstant(since),
  lifted: lifted === null ? null : { ...lifted, at: formatInstant(lifted.at) },
})
