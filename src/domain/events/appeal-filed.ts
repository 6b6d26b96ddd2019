import type * as t from 'io-ts'
import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { AppealId, DecisionId } from '../ids.ts'
import { sealed, text } from './personal-parts.ts'

const data = <P extends t.Props>(personal: P) =>
  closed('appeal.filed', { appealId: AppealId, decisionId: DecisionId }, personal)

export const appealFiled = defineEvent({
  type: 'appeal.filed.v1',
  since: 1,
  says: 'The owner of an account appealed against a decision.',
  fields: {
    appealId: 'Identifies the appeal; unique across the platform.',
    personal: "The owner's words. Sealed, and can be erased.",
  },
  incoming: data(text),
  stored: data(sealed),
  personal: 'the text',
  rank: 9,
  stream: 'account',
  onlyInforms: false,
  names: ({ decisionId }) => ({ decisionIds: [decisionId] }),
  columns: { appealId: 'the appeal that was filed, or that the event is about' },
  story: ({ data: { appealId, decisionId } }) => ({
    headline: `appeal ${appealId} against ${decisionId}`,
    details: [],
  }),
  sample: { appealId: 'a1', decisionId: 'd1', personal: { text: 'It is a quilt.' } },
})
