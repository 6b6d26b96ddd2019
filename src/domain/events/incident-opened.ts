import { closed, listOf, oneOf } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { shortHash, suspectName } from '../definition/story.ts'
import { Id, Line } from '../ids.ts'
import { Suspect } from '../suspect.ts'
import { incidentSubject } from './incident-parts.ts'

export const incidentOpened = defineEvent({
  type: 'incident.opened.v1',
  since: 4,
  says: 'A possible fault is looked into.',
  fields: {
    title: 'What it is about, for people.',
    openedBy: 'The person or the alarm that opened it.',
    alarmIds: 'The alarms that it begins with.',
    suspects: 'What may be at fault.',
  },
  incoming: null,
  stored: closed('incident.opened', {
    incidentId: Id,
    title: Line,
    openedBy: closed('an object {kind, id}', { kind: oneOf('alarm', 'person'), id: Line }),
    alarmIds: listOf(Id, 'a list of ids of alarms'),
    suspects: listOf(Suspect, 'a list of suspects'),
  }),
  rank: 14,
  stream: 'incident',
  onlyInforms: true,
  subject: incidentSubject,
  names: null,
  columns: {
    incidentId: 'the incident',
    title: 'what an incident is about',
    'openedBy.kind': 'what opened an incident',
    'openedBy.id': 'the person or the alarm that opened an incident',
    alarmIds: 'the alarms that an incident began with',
  },
  story: ({ data: { openedBy, suspects } }) => ({
    headline: `opened by ${openedBy.kind === 'alarm' ? `alarm ${shortHash(openedBy.id)}` : openedBy.id}`,
    details: suspects.map((suspect) => `suspect: ${suspectName(suspect)}`),
  }),
  sample: {
    incidentId: 'i1',
    title: 'adult.explicit flags what the version before would not have flagged',
    openedBy: { kind: 'alarm', id: 'a91' },
    alarmIds: ['a91'],
    suspects: [
      {
        ruleset: 'community-guidelines',
        rule: 'adult.explicit',
        version: '2025-04-28',
        detector: { id: 'nudity-net', version: '7.3.0' },
        decidedBy: { kind: 'rule', id: 'three-strikes' },
        source: '/services/enforcement',
      },
    ],
  },
})
