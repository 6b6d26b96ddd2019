import * as E from '#fp/Either'
import type { Correction } from '../../replay/correction/correction.ts'
import { coverageOf, type WithdrawalCoverage } from '../../replay/result/coverage.ts'
import type { AppError } from '../error.ts'
import { loadForReplay, type OnRead, type ReplayLoadOptions } from '../replay/load.ts'

export type CorrectionCheckOptions = ReplayLoadOptions & {
  readonly correction: Correction
  readonly onRead: OnRead
}

/** What a correction covers in a ledger. */
export type CorrectionCheck = {
  /** The ledger's sequence that was read up to. */
  readonly sequence: number
  /** The number of flags in the ledger. */
  readonly flags: number
  readonly withdrawals: ReadonlyArray<WithdrawalCoverage>
}

/** Counts what each withdrawal of a correction covers, without judging anything. */
export const checkCorrection = async ({
  onRead,
  ...reading
}: CorrectionCheckOptions): Promise<E.Either<AppError, CorrectionCheck>> => {
  const loaded = await loadForReplay(reading)
  if (E.isLeft(loaded)) return loaded
  const { history, sequence, cut } = loaded.right
  onRead(cut)
  return E.right({
    sequence,
    flags: history.flags.size,
    withdrawals: coverageOf(history, reading.correction),
  })
}
