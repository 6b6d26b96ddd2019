import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { actor } from '../definition/story.ts'
import { FlagId, Line } from '../ids.ts'
import { Reviewer } from '../parts.ts'
import { answersRequest, answersRequestDetails, answersRequestFields } from './request-parts.ts'
import { reviewerSample } from './sample-parts.ts'

const data = closed(
  'flag.dismissed',
  { flagId: FlagId, reviewer: Reviewer },
  { reason: Line, ...answersRequest },
)

export const flagDismissed = defineEvent({
  type: 'flag.dismissed.v1',
  since: 1,
  says: 'A flag was reviewed and found to be wrong.',
  fields: {
    reason: "Why, in the reviewer's words. Put no personal data here: it is never sealed.",
    ...answersRequestFields,
  },
  incoming: data,
  stored: data,
  rank: 4,
  stream: 'account',
  onlyInforms: false,
  names: ({ flagId }) => ({ flagIds: [flagId] }),
  columns: { reason: 'why something was dismissed, changed, reversed or rescored' },
  story: ({ data: { flagId, reviewer, reason, requestId } }) => ({
    headline: `flag ${flagId} dismissed by ${actor(reviewer)}`,
    details: [...(reason === undefined ? [] : [`reason: ${reason}`]), ...answersRequestDetails(requestId)],
  }),
  sample: { flagId: 'f1', reviewer: reviewerSample, reason: 'a quilt', requestId: 'r1' },
})
