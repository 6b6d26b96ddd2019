import * as E from '#fp/Either'
import { makeReport } from '../../reports/transparency/make.ts'
import type { Period, Report } from '../../reports/transparency/report.ts'
import { styles } from '../../reports/transparency/styles/index.ts'
import type { StyleId } from '../../reports/transparency/styles/style.ts'
import type { AppError } from '../error.ts'
import { periodError } from '../period.ts'
import { fromPublished } from './from-published.ts'

export type TransparencyOptions = {
  readonly data: string
  readonly style: StyleId
  readonly period: Period
  /** As known at this sequence; null: as far as the projections go. */
  readonly at: number | null
  /** Called periodically with how many events are counted, and the total. */
  readonly onProgress: (done: number, total: number) => void
}

/** Counts what happened in a period, from the projections. */
export const reportTransparency = async ({
  data,
  style,
  period,
  at,
  onProgress,
}: TransparencyOptions): Promise<E.Either<AppError, Report>> => {
  const error = periodError(period.from, period.to)
  return error !== null
    ? E.left(error)
    : fromPublished(data, (published) => makeReport(published, styles[style], period, { at, onProgress }))
}
