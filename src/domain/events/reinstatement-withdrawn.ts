import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { Id, Line } from '../ids.ts'

export const reinstatementWithdrawn = defineEvent({
  type: 'reinstatement.withdrawn.v1',
  since: 6,
  says: 'What a service was asked for is not to be carried out any more.',
  fields: { requestId: 'The request that is withdrawn.', reason: 'Why.' },
  incoming: null,
  stored: closed('reinstatement.withdrawn', { requestId: Id, reason: Line }),
  rank: 14,
  stream: 'account',
  onlyInforms: true,
  names: null,
  columns: { reason: { kind: 'text' } },
  story: ({ data: { requestId, reason } }) => ({
    headline: `request ${requestId} withdrawn`,
    details: [`reason: ${reason}`],
  }),
  sample: { requestId: 'r1', reason: 'the remediation was cancelled' },
})
