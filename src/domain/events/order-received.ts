import { closed, oneOf } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { onContent } from '../definition/story.ts'
import { Id, Line } from '../ids.ts'
import { Content } from '../parts.ts'
import { contentSample } from './sample-parts.ts'

const data = closed(
  'order.received',
  { orderId: Id, authority: Line, kind: oneOf('act', 'inform') },
  { content: Content },
)

const kinds = { act: 'to act', inform: 'to inform' } as const

export const orderReceived = defineEvent({
  type: 'order.received.v1',
  since: 1,
  says: 'An authority ordered the platform to act, or to provide information.',
  fields: {
    authority: 'The name of the authority.',
    kind: 'act: to take something down or lock someone out; inform: to provide information.',
    content: 'What the order is about; omitted if it is the account itself.',
  },
  incoming: data,
  stored: data,
  rank: 13,
  stream: 'account',
  onlyInforms: true,
  names: null,
  columns: {
    orderId: 'the order that was received',
    // A request has words of its own.
    kind: { name: 'asked_for', about: 'what an order or a request asks for', kind: 'text' },
    authority: 'the authority that gave an order',
  },
  story: ({ data: { orderId, authority, kind, content } }) => ({
    headline: `order ${orderId} ${kinds[kind]}${onContent(content)}`,
    details: [`from ${authority}`],
  }),
  sample: { orderId: 'o1', authority: 'Court of first instance', kind: 'act', content: contentSample },
})
