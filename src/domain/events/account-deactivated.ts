import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { minute } from '../definition/story.ts'
import { Restriction } from '../parts.ts'
import { instantOf, Timestamp } from '../time.ts'
import {
  columnsOfDecisions,
  decision,
  decisionFields,
  decisionNames,
  decisionSample,
  decisionStory,
} from './decision-parts.ts'

const data = closed(
  'account.deactivated',
  { ...decision.required, restriction: Restriction },
  { ...decision.optional, until: Timestamp },
)

export const accountDeactivated = defineEvent({
  type: 'account.deactivated.v1',
  since: 1,
  says: 'An account was suspended or terminated.',
  fields: { ...decisionFields, until: 'When it ends automatically; omitted if it does not.' },
  incoming: data,
  stored: data,
  rank: 6,
  stream: 'account',
  onlyInforms: false,
  names: decisionNames,
  columns: {
    ...columnsOfDecisions,
    restriction: 'the restriction on an account',
    until: 'when a restriction ends; null: never, or not specified',
  },
  story: (event, context) => {
    const { restriction, until } = event.data
    const end = until === undefined ? '' : ` until ${minute(instantOf(until))}`
    return decisionStory(`${restriction.toUpperCase()}${end}`, event, context)
  },
  sample: { ...decisionSample, restriction: 'suspended', until: '2025-05-29T00:00:00Z' },
})
