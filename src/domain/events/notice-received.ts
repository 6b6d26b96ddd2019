import { closed, oneOf } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { onContent } from '../definition/story.ts'
import { Id } from '../ids.ts'
import { Content } from '../parts.ts'
import { contentSample } from './sample-parts.ts'

const data = closed(
  'notice.received',
  { noticeId: Id, notifier: oneOf('user', 'trusted_flagger'), category: Id },
  { content: Content },
)

const notifiers = { user: 'a user', trusted_flagger: 'a trusted flagger' } as const

export const noticeReceived = defineEvent({
  type: 'notice.received.v1',
  since: 1,
  says: 'Someone reported something about an account.',
  fields: {
    noticeId: 'Identifies the notice; flags that result from it refer to it.',
    notifier: 'Who reported it.',
    category: "What was reported, in the platform's codes.",
    content: 'What was reported; omitted if it was the account itself.',
  },
  incoming: data,
  stored: data,
  rank: 13,
  stream: 'account',
  onlyInforms: false, // it determines the source of the flags that refer to it
  names: null,
  columns: {
    noticeId: 'the notice that was received, or that a flag came from',
    notifier: 'who sent a notice',
  },
  story: ({ data: { noticeId, notifier, category, content } }) => ({
    headline: `notice ${noticeId} from ${notifiers[notifier]}  ${category}${onContent(content)}`,
    details: [],
  }),
  sample: { noticeId: 'n1', notifier: 'trusted_flagger', content: contentSample, category: 'adult_content' },
})
