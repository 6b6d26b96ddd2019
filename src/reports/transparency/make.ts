import * as E from '#fp/Either'
import { pipe } from '#fp/function'
import type { PlacedEvent } from '../../domain/order.ts'
import { orderedOf, subjectOf } from '../../projection/fold.ts'
import type { Published } from '../../projection/published.ts'
import { startTally, type TallyFigure } from './figures.ts'
import { type ReportError, readAccounts } from './read.ts'
import { isWithin, type Period, type Report, reportOf } from './report.ts'
import type { Style } from './styles/style.ts'

type Options = {
  /** Null: up to the end of the projections. */
  readonly at: number | null
  readonly onProgress?: (events: number, total: number) => void
}

/** Adds one account's cases of a period to a tally; the events are in the order of replay. */
export const addAccount = (
  tally: TallyFigure,
  style: Style,
  period: Period,
  ordered: ReadonlyArray<PlacedEvent>,
): void => {
  for (const each of style.casesOf(subjectOf(ordered)).filter(isWithin(period))) tally.add(each)
}

/** The report of a period from the published projections, as known at a sequence. */
export const makeReport = async (
  published: Pick<Published, 'connection' | 'standing'>,
  style: Style,
  period: Period,
  { at, onProgress }: Options,
): Promise<E.Either<ReportError, Report>> => {
  const sequence = at ?? published.standing.sequence
  const tally = startTally(style.sections)
  const reading = {
    sequence,
    onAccount: (account: Parameters<typeof orderedOf>[0]) =>
      addAccount(tally, style, period, orderedOf(account)),
    ...(onProgress === undefined ? {} : { onProgress }),
  }
  return pipe(
    await readAccounts(published, reading),
    E.map((publications) => reportOf(style, period, sequence, publications, tally)),
  )
}
