import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { Id, Line } from '../ids.ts'
import { incidentSubject } from './incident-parts.ts'
import { sealed } from './personal-parts.ts'

export const incidentNoted = defineEvent({
  type: 'incident.noted.v1',
  since: 5,
  says: 'A person noted something about an incident.',
  fields: { by: 'Who noted it.' },
  incoming: null,
  stored: closed('incident.noted', { incidentId: Id, by: Line, ...sealed }),
  personal: 'the note',
  rank: 14,
  stream: 'incident',
  onlyInforms: true,
  subject: incidentSubject,
  names: null,
  columns: { by: { name: 'by_whom' } },
  story: ({ data: { by } }) => ({ headline: `noted by ${by}`, details: [] }),
  sample: {
    incidentId: 'i1',
    by: 'ana',
    sealed: { keyId: 'k1', sha256: 'cd'.repeat(32), commitment: 'ef'.repeat(32) },
  },
})
