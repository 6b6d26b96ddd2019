import * as E from '#fp/Either'
import { asFailure } from '../projection/duckdb.ts'
import { describeProjectionError, ProjectionFailure } from '../projection/errors.ts'
import {
  describePublishedError,
  openPublished,
  type Published,
  type PublishedError,
} from '../projection/published.ts'
import { type AppError, failed } from './error.ts'
import { resultWith } from './results.ts'

export type PublishedPlace = {
  /** The data folder. */
  readonly data: string
  /** The memory limit of the database, such as `2GB`. */
  readonly memory: string
}

export const publishedResult = resultWith(describePublishedError)

/**
 * Opens the published projections of a data folder for reading, and closes them after `use`. What DuckDB throws in between
 * becomes a failure.
 */
export const readingPublished = async <A>(
  { data, memory }: PublishedPlace,
  use: (published: Published) => Promise<E.Either<AppError, A>>,
  onUnopened = (error: PublishedError): E.Either<AppError, never> => failed(describePublishedError(error)),
): Promise<E.Either<AppError, A>> => {
  const opened = await openPublished(data, { memory })
  if (E.isLeft(opened)) return onUnopened(opened.left)
  try {
    return await use(opened.right)
  } catch (error) {
    const failure = asFailure(error)
    if (failure instanceof ProjectionFailure) return failed(describeProjectionError(failure.error))
    throw failure
  } finally {
    opened.right.close()
  }
}
