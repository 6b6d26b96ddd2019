import type * as t from 'io-ts'
import { closed, where } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { AppealId, DecisionId, Id } from '../ids.ts'
import { sealed, statement } from './personal-parts.ts'

const data = <P extends t.Props>(personal: P) =>
  where(
    closed(
      'notice.sent',
      {
        channel: Id,
        template: closed('an object {id, version, language}', { id: Id, version: Id, language: Id }),
      },
      { decisionId: DecisionId, appealId: AppealId, ...personal },
    ),
    'exactly one of decisionId and appealId',
    (notice) => Object.hasOwn(notice, 'decisionId') !== Object.hasOwn(notice, 'appealId'),
    {
      // Ajv in strict mode requires the properties to be listed again.
      oneOf: [
        { properties: { decisionId: {} }, required: ['decisionId'] },
        { properties: { appealId: {} }, required: ['appealId'] },
      ],
    },
  )

export const noticeSent = defineEvent({
  type: 'notice.sent.v1',
  since: 1,
  says: 'The owner of an account was notified of a decision, or of the answer to an appeal: exactly one of them.',
  fields: {
    channel: 'How it was sent, such as email.',
    template: 'The template that was used.',
    decisionId: 'The decision that it is about.',
    appealId: 'The appeal whose answer it is about.',
    personal: 'The statement of reasons as sent. Sealed, and can be erased.',
  },
  incoming: data(statement),
  stored: data(sealed),
  personal: 'the statement of reasons',
  rank: 8,
  stream: 'account',
  onlyInforms: true,
  names: ({ decisionId, appealId }) => ({
    decisionIds: decisionId === undefined ? [] : [decisionId],
    appealId,
  }),
  columns: {
    channel: 'how a notice was sent',
    'template.id': 'the template of a notice',
    'template.version': 'the version of that template',
    'template.language': 'the language of that template',
  },
  story: ({ data: { decisionId, appealId, channel, template } }) => {
    const about = decisionId === undefined ? `the answer to appeal ${appealId}` : `decision ${decisionId}`
    return {
      headline: `notice of ${about} sent by ${channel}`,
      details: [`template ${template.id} ${template.version}, ${template.language}`],
    }
  },
  sample: {
    decisionId: 'd1',
    channel: 'email',
    template: { id: 'suspension', version: '3', language: 'en' },
    personal: { statement: 'Your account was suspended.' },
  },
})
