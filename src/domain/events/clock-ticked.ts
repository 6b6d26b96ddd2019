import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { Count } from '../parts.ts'

export const clockTicked = defineEvent({
  type: 'clock.ticked.v1',
  since: 3,
  says: 'Time went by: nothing was recorded for a while, although something was due.',
  fields: { sequence: 'The sequence of the last event before it.' },
  incoming: null,
  stored: closed('clock.ticked', { sequence: Count }),
  rank: 14,
  stream: 'clock',
  onlyInforms: true,
  subject: {
    of: () => 'clock',
    expected: '"clock"',
    says: 'Always "clock".',
  },
  names: null,
  columns: {
    sequence: { name: 'as_of_sequence', about: 'what it follows from: the ledger up to this sequence' },
  },
  story: ({ data: { sequence } }) => ({ headline: `nothing recorded after event ${sequence}`, details: [] }),
  sample: { sequence: 1 },
})
