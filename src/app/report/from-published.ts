import * as E from '#fp/Either'
import type { Published } from '../../projection/published.ts'
import { describeReportError, type ReportError } from '../../reports/transparency/read.ts'
import { type AppError, failed } from '../error.ts'
import { readingPublished } from '../published.ts'

/** DuckDB's memory limit. */
const MEMORY = '2GB'

/** Makes a report from the published projections of a data folder. */
export const fromPublished = <A>(
  data: string,
  make: (published: Published) => Promise<E.Either<ReportError, A>>,
): Promise<E.Either<AppError, A>> =>
  readingPublished({ data, memory: MEMORY }, async (published) => {
    const made = await make(published)
    return E.isLeft(made) ? failed(describeReportError(made.left)) : made
  })
