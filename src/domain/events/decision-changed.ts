import { closed, oneOf, orNull } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { minute } from '../definition/story.ts'
import { DecisionId } from '../ids.ts'
import { Restriction } from '../parts.ts'
import { instantOf, Timestamp } from '../time.ts'
import { answersRequest, answersRequestDetails, answersRequestFields } from './request-parts.ts'

const data = closed(
  'decision.changed',
  { decisionId: DecisionId, reason: oneOf('appeal', 'correction', 'order') },
  { restriction: Restriction, until: orNull(Timestamp, 'a time, or null for no end'), ...answersRequest },
)

export const decisionChanged = defineEvent({
  type: 'decision.changed.v1',
  since: 1,
  says: 'A decision remains, but with a different restriction or end.',
  fields: {
    reason: 'Why it was changed.',
    restriction: 'The new restriction; omitted if unchanged.',
    until: 'The new end, null for none; omitted if unchanged.',
    ...answersRequestFields,
  },
  incoming: data,
  stored: data,
  rank: 7,
  stream: 'account',
  onlyInforms: false,
  names: ({ decisionId }) => ({ decisionIds: [decisionId] }),
  // Other types give reasons in words of their own, or in free text.
  columns: { reason: { kind: 'text' } },
  story: ({ data: { decisionId, reason, restriction, until, requestId } }) => {
    const changes = [
      ...(restriction === undefined ? [] : [`now ${restriction}`]),
      ...(until === undefined ? [] : [until === null ? 'no end date' : `until ${minute(instantOf(until))}`]),
    ]
    return {
      headline: `decision ${decisionId} changed (${reason})`,
      details: [
        changes.length === 0 ? 'no change specified' : changes.join(', '),
        ...answersRequestDetails(requestId),
      ],
    }
  },
  sample: {
    decisionId: 'd1',
    restriction: 'terminated',
    until: '2025-06-01T00:00:00Z',
    reason: 'order',
    requestId: 'r1',
  },
})
