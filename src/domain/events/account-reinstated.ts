import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import {
  reversal,
  reversalColumns,
  reversalFields,
  reversalNames,
  reversalSample,
  reversalStory,
} from './reversal-parts.ts'

const data = closed('account.reinstated', reversal.required, reversal.optional)

export const accountReinstated = defineEvent({
  type: 'account.reinstated.v1',
  since: 1,
  says: 'One or more deactivations of an account were reversed.',
  fields: reversalFields,
  incoming: data,
  stored: data,
  rank: 12,
  stream: 'account',
  onlyInforms: false,
  names: reversalNames,
  columns: reversalColumns,
  story: ({ data: reinstated }) => reversalStory('REINSTATED', reinstated),
  sample: reversalSample,
})
