import * as E from '#fp/Either'
import { openPublished, type ProjectionProgress, publishedFileVersion } from '../../projection/published.ts'
import type { AppError } from '../error.ts'
import { type PublishedPlace, publishedResult } from '../published.ts'

/** What the projections that are published are as of; `version` changes with each publishing. */
export type PublishedStanding = {
  readonly version: string | undefined
  readonly standing: ProjectionProgress
}

/**
 * Reads as of when the published projections are, or gives back `seen`, an earlier result, if nothing has been published
 * since: that takes no time.
 */
export const readPublishedStanding = async ({
  data,
  memory,
  seen = null,
}: PublishedPlace & { readonly seen?: PublishedStanding | null }): Promise<
  E.Either<AppError, PublishedStanding>
> => {
  if (seen !== null && [seen.version, undefined].includes(publishedFileVersion(data))) return E.right(seen)
  const opened = publishedResult(await openPublished(data, { memory }))
  if (E.isLeft(opened)) return opened
  const { standing, version, close } = opened.right
  close()
  return E.right({ standing, version })
}
