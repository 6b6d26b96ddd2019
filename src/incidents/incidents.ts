import { suspectName } from '../domain/definition/story.ts'
import type { OwnEvent, StoredEvent } from '../domain/event.ts'
import type { Suspect } from '../domain/suspect.ts'
import { ownEvent } from './own-event.ts'
import { whatItSays } from './raised.ts'
import { shortId } from './short-id.ts'

/** An incident as far as alarms need it, as JSON. */
export type OpenIncident = { readonly incidentId: string; readonly suspects: ReadonlyArray<Suspect> }

/** The event that puts an alarm into an incident. */
type Placed = OwnEvent<'incident.opened.v1' | 'incident.joined.v1'>

/** A fold over the ledger, in the order of sequences: which incident each alarm belongs to. */
export type Incidents = {
  /**
   * Takes the next event; of an alarm it returns what is to be recorded: that it joins an open incident, or opens one.
   * It counts from here on, whether it is recorded yet or not, so that it is the same however late it is recorded.
   */
  readonly take: (event: StoredEvent) => Placed | null
  readonly state: () => ReadonlyArray<OpenIncident>
}

/** The longest title, in characters. */
const TITLE_LENGTH = 1_000

export const openIncidents = (saved: ReadonlyArray<OpenIncident> = []): Incidents => {
  const incidents = new Map(saved.map((incident) => [incident.incidentId, incident]))

  const place = (alarm: StoredEvent<'alarm.raised.v1'>): Placed => {
    const { alarmId, key } = alarm.data
    const open = [...incidents.values()].find(({ suspects }) => suspects.some((one) => overlap(one, key)))
    const incidentId = open?.incidentId ?? shortId(alarmId)
    const about = { subject: incidentId, time: alarm.recordedat }
    if (open !== undefined) {
      const id = `incident-${incidentId}-joined-${alarmId}`
      return ownEvent('incident.joined.v1', { ...about, id, data: { incidentId, alarmId } })
    }
    const { sha256: _, ...suspect } = key
    const suspects = [suspect]
    incidents.set(incidentId, { incidentId, suspects })
    return ownEvent('incident.opened.v1', {
      ...about,
      id: `incident-${incidentId}-opened`,
      data: {
        ...{ incidentId, title: titleOf(alarm), openedBy: { kind: 'alarm', id: alarmId } },
        ...{ alarmIds: [alarmId], suspects },
      },
    })
  }

  return {
    take: (event) => {
      if (event.type === 'incident.opened.v1') {
        const { incidentId, suspects } = event.data
        if (!incidents.has(incidentId)) incidents.set(incidentId, { incidentId, suspects })
      }
      // What sounds later may be something else, or the same again.
      if (event.type === 'incident.closed.v1') incidents.delete(event.data.incidentId)
      return event.type === 'alarm.raised.v1' ? place(event) : null
    },
    state: () => [...incidents.values()],
  }
}

/** Whether two suspects may be the same: they agree in every field that both name, and share one. */
export const overlap = (a: Suspect, b: Suspect): boolean => {
  const [mine, others] = [namesOf(a), namesOf(b)]
  const shared = [...mine.keys()].filter((name) => others.has(name))
  return shared.length > 0 && shared.every((name) => mine.get(name) === others.get(name))
}

/** A detector's version counts only with its id: versions of two detectors may have one name. */
const namesOf = ({ ruleset, rule, version, source, detector, decidedBy }: Suspect) => {
  const names = {
    ...{ ruleset, rule, version, source, detector: detector?.id, detectorVersion: detector?.version },
    decidedBy: decidedBy && `${decidedBy.kind} ${decidedBy.id}`,
  }
  return new Map(Object.entries(names).filter(([, name]) => name !== undefined))
}

const titleOf = ({ data }: StoredEvent<'alarm.raised.v1'>): string =>
  `${suspectName(data.key)} ${whatItSays(data)}`.slice(0, TITLE_LENGTH)
