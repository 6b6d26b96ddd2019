import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { shortHash } from '../definition/story.ts'
import { Id } from '../ids.ts'
import { incidentSubject } from './incident-parts.ts'

export const incidentJoined = defineEvent({
  type: 'incident.joined.v1',
  since: 4,
  says: 'Another alarm turned out to be about an open incident.',
  fields: { alarmId: 'The alarm.' },
  incoming: null,
  stored: closed('incident.joined', { incidentId: Id, alarmId: Id }),
  rank: 14,
  stream: 'incident',
  onlyInforms: true,
  subject: incidentSubject,
  names: null,
  columns: {},
  story: ({ data: { alarmId } }) => ({
    headline: `alarm ${shortHash(alarmId)} is about the same`,
    details: [],
  }),
  sample: { incidentId: 'i1', alarmId: 'a92' },
})
