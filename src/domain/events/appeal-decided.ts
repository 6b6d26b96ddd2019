import type * as t from 'io-ts'
import { closed, listOf } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { actor, listed } from '../definition/story.ts'
import { AppealId, DecisionId, Id } from '../ids.ts'
import { AppealOutcome, Reviewer } from '../parts.ts'
import { sealed, text } from './personal-parts.ts'
import { reviewerSample } from './sample-parts.ts'

const data = <P extends t.Props>(personal: P) =>
  closed(
    'appeal.decided',
    { appealId: AppealId, decisionId: DecisionId, outcome: AppealOutcome, reviewer: Reviewer },
    { reasons: listOf(Id, 'a list of codes'), ...personal },
  )

export const appealDecided = defineEvent({
  type: 'appeal.decided.v1',
  since: 1,
  says: 'An appeal was answered.',
  fields: {
    outcome: 'What it means for the decision; omitted: the appeal was closed without a ruling on its merits.',
    reasons: "Why, in the platform's codes.",
    personal: 'Why, in words. Sealed, and can be erased.',
  },
  incoming: data(text),
  stored: data(sealed),
  personal: 'the text',
  rank: 10,
  stream: 'account',
  onlyInforms: false,
  names: ({ decisionId, appealId }) => ({ decisionIds: [decisionId], appealId }),
  columns: {
    outcome: 'how an appeal was decided',
    'reviewer.kind': 'what kind of reviewer',
    'reviewer.id': 'who reviewed',
    reasons: "the reason codes of an appeal's answer",
  },
  story: ({ data: { appealId, decisionId, outcome, reviewer, reasons = [] } }) => ({
    headline: `appeal ${appealId} against ${decisionId} answered: ${outcome.toUpperCase()}`,
    details: [
      `by ${actor(reviewer)}; ${reasons.length === 0 ? 'no reasons given' : `reasons: ${listed(reasons)}`}`,
    ],
  }),
  sample: {
    appealId: 'a1',
    decisionId: 'd1',
    outcome: 'upheld',
    reviewer: reviewerSample,
    reasons: ['policy_2'],
    personal: { text: 'We looked again.' },
  },
})
