import { closed, oneOf } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { Id, Line } from '../ids.ts'
import { incidentSubject } from './incident-parts.ts'

/** What an incident turned out to be. */
export const Conclusion = oneOf('confirmed', 'false_alarm', 'duplicate')

const conclusions = {
  confirmed: 'something was at fault',
  false_alarm: 'nothing was at fault',
  duplicate: 'another incident is about the same',
} as const

export const incidentClosed = defineEvent({
  type: 'incident.closed.v1',
  since: 5,
  says: 'A person ended an incident, and said what it turned out to be.',
  fields: {
    conclusion: 'Whether something was at fault, nothing was, or another incident is about the same.',
    by: 'Who closed it.',
    summary: 'What it turned out to be, in a line. Put no personal data here: it is never sealed.',
  },
  incoming: null,
  stored: closed('incident.closed', { incidentId: Id, conclusion: Conclusion, by: Line }, { summary: Line }),
  rank: 14,
  stream: 'incident',
  onlyInforms: true,
  subject: incidentSubject,
  names: null,
  columns: {
    conclusion: 'what an incident turned out to be',
    by: { name: 'by_whom' },
    summary: 'the same in a line',
  },
  story: ({ data: { conclusion, by, summary } }) => ({
    headline: `closed by ${by}: ${conclusions[conclusion]}`,
    details: summary === undefined ? [] : [summary],
  }),
  sample: { incidentId: 'i1', conclusion: 'confirmed', by: 'ana', summary: 'the new threshold was a typo' },
})
