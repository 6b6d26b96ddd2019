import * as E from '#fp/Either'
import { formatInstant } from '../../domain/time.ts'
import { type ListedIncident, listedIncidents } from '../../incidents/listed-incidents.ts'
import { readProjectionCursor } from '../../projection/progress.ts'
import type { AppError } from '../error.ts'
import { readingPublished } from '../published.ts'

/** The incidents as far as the projections go. */
export type IncidentList = {
  /** The last event that the projections have; 0: they have none. */
  readonly sequence: number
  readonly incidents: ReadonlyArray<ListedIncident>
}

const MEMORY = '1GB'

/** Lists the incidents, open and closed, the latest first. */
export const listIncidents = (data: string): Promise<E.Either<AppError, IncidentList>> =>
  readingPublished({ data, memory: MEMORY }, async ({ connection }) => {
    const cursor = await readProjectionCursor(connection)
    return E.right({ sequence: cursor?.sequence ?? 0, incidents: await listedIncidents(connection) })
  })

/** A listed incident as JSON: times as RFC 3339. */
export const listedJson = ({ openedAt, closedAt, ...incident }: ListedIncident) => ({
  ...incident,
  openedAt: formatInstant(openedAt),
  closedAt: closedAt === null ? null : formatInstant(closedAt),
})
