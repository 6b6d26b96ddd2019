import { type Incident, incidentOf } from '../src/domain/incident.ts'
import type { Suspect } from '../src/domain/suspect.ts'
import { incidentProjection, instant } from './projection.ts'

/** The state of each incident, times being those of recording. */
export const incidents = incidentProjection({
  name: 'incidents',
  version: 1,
  about: 'Each incident: what is suspected, what was done about it, and how it ended',
  columns: {
    incident_id: { type: 'VARCHAR', about: 'the incident' },
    title: { type: 'VARCHAR', about: 'what it is about' },
    opened_at: { type: 'TIMESTAMP', about: 'when it was opened' },
    opened_by_kind: { type: 'VARCHAR', about: 'what opened it: alarm or person' },
    opened_by: { type: 'VARCHAR', about: 'the alarm or the person that opened it' },
    suspects: {
      type: `STRUCT(ruleset VARCHAR, rule VARCHAR, version VARCHAR, detector VARCHAR, detector_version VARCHAR,
        decided_by_kind VARCHAR, decided_by VARCHAR, source VARCHAR)[]`,
      about: 'what may be at fault; what is null may be anything',
    },
    alarm_ids: { type: 'VARCHAR[]', about: 'the alarms about it' },
    notes: { type: 'INTEGER', about: 'the number of notes' },
    replays: {
      type: `STRUCT(completed_at TIMESTAMP, by_whom VARCHAR, correction_sha256 VARCHAR, as_of_sequence BIGINT, digest VARCHAR,
        decisions BIGINT, wrongful BIGINT, accounts BIGINT, contents BIGINT, review BIGINT)[]`,
      about:
        'the replays for it: how many decisions they judged and found wrongful, how many accounts and pieces of content are to be put back, how many decisions are for a person',
    },
    plans: { type: 'INTEGER', about: 'the number of its remediations; see remediations' },
    closed_at: { type: 'TIMESTAMP', about: 'when it was closed; null: it is open' },
    closed_by: { type: 'VARCHAR', about: 'who closed it' },
    conclusion: { type: 'VARCHAR', about: 'what it turned out to be: confirmed, false_alarm or duplicate' },
    summary: { type: 'VARCHAR', about: 'the same in a line' },
  },
  fold: (events) => {
    const incident = incidentOf(events)
    if (incident === null) return []
    const {
      incidentId,
      title,
      openedAt,
      openedBy,
      suspects,
      alarmIds,
      notes,
      replays,
      closed,
      remediations,
    } = incident
    return [
      {
        incident_id: incidentId,
        title,
        opened_at: instant(openedAt),
        opened_by_kind: openedBy.kind,
        opened_by: openedBy.id,
        suspects: suspects.map(suspectOf),
        alarm_ids: alarmIds,
        notes: notes.length,
        replays: replays.map(replayOf),
        plans: remediations.length,
        closed_at: instant(closed?.at ?? null),
        closed_by: closed?.by ?? null,
        conclusion: closed?.conclusion ?? null,
        summary: closed?.summary ?? null,
      },
    ]
  },
  views: [],
})

const suspectOf = ({ ruleset, rule, version, detector, decidedBy, source }: Suspect) => ({
  ruleset: ruleset ?? null,
  rule: rule ?? null,
  version: version ?? null,
  detector: detector?.id ?? null,
  detector_version: detector?.version ?? null,
  decided_by_kind: decidedBy?.kind ?? null,
  decided_by: decidedBy?.id ?? null,
  source: source ?? null,
})

const replayOf = ({ recordedat, data }: Incident['replays'][number]) => ({
  completed_at: recordedat,
  by_whom: data.by,
  correction_sha256: data.correctionSha256,
  as_of_sequence: data.sequence,
  digest: data.digest,
  ...data.counts,
})
