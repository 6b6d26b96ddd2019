import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { Content } from '../parts.ts'
import {
  reversal,
  reversalColumns,
  reversalFields,
  reversalNames,
  reversalSample,
  reversalStory,
} from './reversal-parts.ts'
import { contentSample } from './sample-parts.ts'

const data = closed('content.restored', reversal.required, { ...reversal.optional, content: Content })

export const contentRestored = defineEvent({
  type: 'content.restored.v1',
  since: 1,
  says: 'Removed content was restored.',
  fields: { ...reversalFields, content: 'What was restored.' },
  incoming: data,
  stored: data,
  rank: 11,
  stream: 'account',
  onlyInforms: false,
  names: reversalNames,
  columns: reversalColumns,
  story: ({ data: restored }) => {
    const { content } = restored
    return reversalStory(
      content === undefined ? 'restored' : `restored ${content.kind} ${content.id}`,
      restored,
    )
  },
  sample: { ...reversalSample, content: contentSample },
})
