import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { Id, Line } from '../ids.ts'
import { holdSubject } from './hold-parts.ts'

export const holdLifted = defineEvent({
  type: 'hold.lifted.v1',
  since: 4,
  says: 'A person ended a hold: services act again.',
  fields: { by: 'Who lifted it.', reason: 'Why. Put no personal data here: it is never sealed.' },
  incoming: null,
  stored: closed('hold.lifted', { holdId: Id, by: Line, reason: Line }),
  rank: 14,
  stream: 'holds',
  onlyInforms: true,
  subject: holdSubject,
  names: null,
  columns: { by: { name: 'by_whom' } },
  story: ({ data: { holdId, by, reason } }) => ({
    headline: `hold ${holdId} lifted by ${by}`,
    details: [`reason: ${reason}`],
  }),
  sample: { holdId: 'h1', by: 'ana', reason: 'fixed in 2025-05-02' },
})
