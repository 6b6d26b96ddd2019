import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
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
  story: ({ data: { incidentId, alarmId } }) => ({
    headline: `alarm ${alarmId} joined incident ${incidentId}`,
    details: [],
  }),
  sample: { incidentId: 'i1', alarmId: 'a92' },
})
