import type { DuckDBConnection } from '@duckdb/node-api'
import { rowsOf } from '../projection/duckdb.ts'

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

/** All incidents, the latest first. */
export const listedIncidents = async (
  connection: DuckDBConnection,
): Promise<ReadonlyArray<ListedIncident>> => {
  const rows = await rowsOf(
    connection,
    `SELECT incident_id,
      arg_min(title, sequence) FILTER (type = 'incident.opened.v1'),
      epoch_ms(min(recorded_at) FILTER (type = 'incident.opened.v1'))::DOUBLE AS opened_at,
      arg_min(opened_by_kind, sequence)::VARCHAR, arg_min(opened_by, sequence),
      (coalesce(sum(len(alarm_ids)), 0) + count(*) FILTER (type = 'incident.joined.v1'))::DOUBLE,
      epoch_ms(min(recorded_at) FILTER (type = 'incident.closed.v1'))::DOUBLE,
      arg_min(conclusion, sequence)::VARCHAR
    FROM actions WHERE type IN ('incident.opened.v1', 'incident.joined.v1', 'incident.closed.v1')
    GROUP BY incident_id HAVING opened_at IS NOT NULL ORDER BY opened_at DESC, incident_id`,
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
