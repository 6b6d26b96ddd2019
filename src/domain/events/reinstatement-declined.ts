import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { Id, Line } from '../ids.ts'
import { DeclineCode } from './request-parts.ts'

const data = closed('reinstatement.declined', { requestId: Id, code: DeclineCode }, { reason: Line })

const said = {
  account_gone: 'the account is gone',
  content_gone: 'the content is gone',
  legal_hold: 'a legal hold forbids it',
  other: 'another reason',
} as const

export const reinstatementDeclined = defineEvent({
  type: 'reinstatement.declined.v1',
  since: 6,
  says: 'A service cannot carry out what Redress requested.',
  fields: {
    requestId: 'The Redress request that is declined.',
    code: 'Why. account_gone and content_gone are final; the others go to a person, who may ask again.',
    reason: 'Why, in words. Put no personal data here: it is never sealed.',
  },
  incoming: data,
  stored: data,
  rank: 13,
  stream: 'account',
  onlyInforms: true,
  names: null,
  columns: { reason: { kind: 'text' }, code: { name: 'decline_code', about: 'why a request is declined' } },
  story: ({ data: { requestId, code, reason } }) => ({
    headline: `request ${requestId} declined: ${said[code]}`,
    details: reason === undefined ? [] : [`reason: ${reason}`],
  }),
  sample: { requestId: 'r1', code: 'legal_hold', reason: 'a court is to decide' },
})
