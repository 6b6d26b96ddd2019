import * as E from '#fp/Either'
import { asFailure } from '../projection/duckdb.ts'
import { describeProjectionError, ProjectionFailure } from '../projection/errors.ts'
import { describePublishedError, openPublished, type Published } from '../projection/published.ts'
import { type AppError, failed } from './error.ts'

type PublishedPlace = {
  /** The data folder. */
  readonly data: string
  /** How much memory the database may take, such as `2GB`. */
  readonly memory: string
}

/**
 * Opens what is published in a data folder, to read it, and closes it after `use`. What DuckDB throws in between is a
 * failure as any other.
 */
export const readingPublished = async <A>(
  { data, memory }: PublishedPlace,
  use: (published: Published) => Promise<E.Either<AppError, A>>,
  describe = describePublishedError,
): Promise<E.Either<AppError, A>> => {
  const opened = await openPublished(data, { memory })
  if (E.isLeft(opened)) return failed(describe(opened.left))
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
