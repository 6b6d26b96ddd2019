import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { formatInstant } from '../../domain/time.ts'
import { rowsOf } from '../../projection/duckdb.ts'
import { readProjectionCursor } from '../../projection/progress.ts'
import type { AppError } from '../error.ts'
import { readingPublished } from '../published.ts'

/** An incident in a list. Instants are those of recording, in ms. */
export type ListedIncident = {
  readonly incidentId: string
  readonly title: string
  readonly openedAt: number
  /** `alarm` or `person`. */
  readonly openedByKind: string
  readonly openedBy: string
  /** How many alarms it has. */
  readonly alarms: number
  /** null: it is open. */
  readonly closedAt: number | null
  readonly conclusion: string | null
}

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
    return E.right({ sequence: cursor?.sequence ?? 0, incidents: await listed(connection) })
  })

const listed = async (connection: DuckDBConnection): Promise<ReadonlyArray<ListedIncident>> => {
  const rows = await rowsOf(
    connection,
    `SELECT incident_id, title, epoch_ms(opened_at)::DOUBLE, opened_by_kind, opened_by, len(alarm_ids)::DOUBLE,
      epoch_ms(closed_at)::DOUBLE, conclusion
    FROM incidents ORDER BY opened_at DESC, incident_id`,
  )
  return rows.map(([incidentId, title, openedAt, openedByKind, openedBy, alarms, closedAt, conclusion]) => ({
    incidentId: String(incidentId),
    title: String(title),
    openedAt: Number(openedAt),
    openedByKind: String(openedByKind),
    openedBy: String(openedBy),
    alarms: Number(alarms),
    closedAt: closedAt === null ? null : Number(closedAt),
    conclusion: conclusion === null ? null : String(conclusion),
  }))
}

/** A listed incident as JSON: times as RFC 3339. */
export const listedJson = ({ openedAt, closedAt, ...incident }: ListedIncident) => ({
  ...incident,
  openedAt: formatInstant(openedAt),
  closedAt: closedAt === null ? null : formatInstant(closedAt),
})
