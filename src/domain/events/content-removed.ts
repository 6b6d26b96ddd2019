import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { Content } from '../parts.ts'
import {
  columnsOfDecisions,
  decision,
  decisionFields,
  decisionNames,
  decisionSample,
  decisionStory,
} from './decision-parts.ts'
import { contentSample } from './sample-parts.ts'

const data = closed('content.removed', { ...decision.required, content: Content }, decision.optional)

export const contentRemoved = defineEvent({
  type: 'content.removed.v1',
  since: 1,
  says: 'Content was taken down.',
  fields: decisionFields,
  incoming: data,
  stored: data,
  rank: 5,
  stream: 'account',
  onlyInforms: false,
  names: decisionNames,
  columns: columnsOfDecisions,
  story: (event, context) => {
    const { kind, id } = event.data.content
    return decisionStory(`removed ${kind} ${id}`, event, context)
  },
  sample: { ...decisionSample, content: contentSample },
})
