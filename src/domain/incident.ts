import type { StoredEvent } from './event.ts'
import { type Remediation, remediationsOf } from './remediation.ts'
import type { Suspect } from './suspect.ts'
import { instantOf } from './time.ts'

/** An incident, as its events say. Instants are those of recording, in ms. */
export type Incident = {
  readonly incidentId: string
  readonly title: string
  readonly openedAt: number
  readonly openedBy: StoredEvent<'incident.opened.v1'>['data']['openedBy']
  readonly suspects: ReadonlyArray<Suspect>
  /** Those that it began with, and that joined. */
  readonly alarmIds: ReadonlyArray<string>
  readonly notes: ReadonlyArray<StoredEvent<'incident.noted.v1'>>
  readonly replays: ReadonlyArray<StoredEvent<'replay.completed.v1'>>
  /** In the order of their plans. */
  readonly remediations: ReadonlyArray<Remediation>
  /** null: it is open. */
  readonly closed:
    | (Pick<StoredEvent<'incident.closed.v1'>['data'], 'conclusion' | 'by' | 'summary'> & {
        readonly at: number
      })
    | null
}

/** The incident of a stream's events, in order; null: it was never opened. Its first opening and its first end count. */
export const incidentOf = (events: ReadonlyArray<StoredEvent>): Incident | null => {
  let incident: Incident | null = null
  for (const event of events) incident = incident === null ? openedBy(event) : after(incident, event)
  return incident === null ? null : { ...incident, remediations: remediationsOf(events) }
}

const openedBy = (event: StoredEvent): Incident | null => {
  if (event.type !== 'incident.opened.v1') return null
  const { recordedat, data } = event
  return { ...data, openedAt: instantOf(recordedat), notes: [], replays: [], remediations: [], closed: null }
}

const after = (incident: Incident, event: StoredEvent): Incident => {
  switch (event.type) {
    case 'incident.joined.v1':
      return { ...incident, alarmIds: [...incident.alarmIds, event.data.alarmId] }
    case 'incident.noted.v1':
      return { ...incident, notes: [...incident.notes, event] }
    case 'replay.completed.v1':
      return { ...incident, replays: [...incident.replays, event] }
    case 'incident.closed.v1': {
      const { incidentId: _, ...end } = event.data
      return incident.closed === null
        ? { ...incident, closed: { ...end, at: instantOf(event.recordedat) } }
        : incident
    }
    default:
      return incident
  }
}
