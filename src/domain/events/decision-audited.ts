import { closed, oneOf } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { actor } from '../definition/story.ts'
import { DecisionId } from '../ids.ts'
import { Reviewer } from '../parts.ts'
import { reviewerSample } from './sample-parts.ts'

const data = closed('decision.audited', {
  decisionId: DecisionId,
  verdict: oneOf('right', 'wrong', 'unsure'),
  reviewer: Reviewer,
})

export const decisionAudited = defineEvent({
  type: 'decision.audited.v1',
  since: 4,
  says: 'A reviewer judged a decision of the audit sample; the decision stays as it was made.',
  fields: {
    decisionId: 'The decision that was judged; it must be on the same account.',
    verdict: 'Whether it was right by the rules; unsure: that cannot be told.',
  },
  incoming: data,
  stored: data,
  rank: 13,
  stream: 'account',
  onlyInforms: true,
  names: ({ decisionId }) => ({ decisionIds: [decisionId] }),
  // A sample's verdict has words of its own.
  columns: { verdict: { kind: 'text' } },
  story: ({ data: { decisionId, verdict, reviewer } }) => ({
    headline: `decision ${decisionId} audited by ${actor(reviewer)}: ${verdict}`,
    details: [],
  }),
  sample: { decisionId: 'd1', verdict: 'wrong', reviewer: reviewerSample },
})
