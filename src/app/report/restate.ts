import type * as E from '#fp/Either'
import { makeRestatement } from '../../reports/transparency/restatement/make.ts'
import type { Restatement } from '../../reports/transparency/restatement/restate.ts'
import { type AppError, invalid } from '../error.ts'
import type { EarlierReport } from './earlier.ts'
import { fromPublished } from './from-published.ts'

export type RestateOptions = {
  readonly data: string
  readonly earlier: EarlierReport
  /** As known at this sequence, not before the earlier report's; null: as far as the projections go. */
  readonly at: number | null
  /** Called periodically with how many events are counted, and the total. */
  readonly onProgress: (done: number, total: number) => void
}

/** Computes an earlier report again for its period, and explains each figure that differs. */
export const restateReport = async ({
  data,
  earlier: { report, sha256 },
  at,
  onProgress,
}: RestateOptions): Promise<E.Either<AppError, Restatement>> =>
  at !== null && at < report.sequence
    ? invalid(
        `sequence ${at} is before that of the earlier report, ${report.sequence}; give that one or a later one`,
        'at',
      )
    : fromPublished(data, (published) => makeRestatement(published, report, sha256, { at, onProgress }))
