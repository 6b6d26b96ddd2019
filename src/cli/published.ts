import * as E from '#fp/Either'
import {
  describePublishedError,
  type Limits,
  openPublished,
  type Published,
} from '../projection/published.ts'
import { CliError } from './output.ts'

/** Opens the published projections; throws `CliError` if they cannot be opened. */
export const openOrFail = async (dataDir: string, limits: Limits): Promise<Published> => {
  const opened = await openPublished(dataDir, limits)
  if (E.isLeft(opened)) throw new CliError(describePublishedError(opened.left))
  return opened.right
}
