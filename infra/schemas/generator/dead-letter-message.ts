import { Sha256 } from '../../../src/domain/ids.ts'
import { schemaOf } from '../../../src/domain/schema.ts'
import { rejectionCodes } from '../../../src/ingest/accept/rejection.ts'

const reasons = Object.entries(rejectionCodes).map(([code, says]) => `- \`${code}\`: ${says}`)
const WHOLE_NUMBER = '^[0-9]+$'

/** What Redress forwards of a message that it could not accept. */
export const deadLetter = {
  name: 'dead letter',
  title: 'Dead letter',
  summary: 'A message that Redress could not accept, with the reason.',
  contentType: 'application/cloudevents+json',
  headers: {
    description:
      'The valid CloudEvents attributes that the message had in headers (ce_id, ce_type and others), and these.',
    type: 'object',
    properties: {
      'redress-reason': {
        description: ['Why it was rejected.', '', ...reasons].join('\n'),
        enum: Object.keys(rejectionCodes),
      },
      'redress-field': {
        description: 'The path of the invalid field, such as data.flagId; empty if there is none.',
        type: 'string',
      },
      'redress-message': { description: 'What is wrong, on one line for people.', type: 'string' },
      'redress-origin': {
        description: 'Where the message was: topic, partition and offset.',
        type: 'string',
        examples: ['enforcement.events[3]@1234'],
      },
      'redress-topic': { description: 'Its topic.', type: 'string' },
      'redress-partition': { description: 'Its partition.', type: 'string', pattern: WHOLE_NUMBER },
      'redress-offset': { description: 'Its offset.', type: 'string', pattern: WHOLE_NUMBER },
      'redress-timestamp': {
        description: 'Its timestamp, in ms since 1970.',
        type: 'string',
        pattern: '^-?[0-9]+$',
      },
      'redress-truncated': {
        description:
          'Present only if this message is too large for the topic: then the value is cut to its first 64 KiB, and the ' +
          'attributes in headers are left out.',
        const: 'true',
      },
    },
    required: [
      'redress-reason',
      'redress-field',
      'redress-message',
      'redress-origin',
      'redress-topic',
      'redress-partition',
      'redress-offset',
      'redress-timestamp',
    ],
  },
  payload: {
    description: [
      'Nothing that a person may have written. For a valid event (a conflict, or one ahead of the clock): all but',
      'data.personal. For any other JSON object: its valid attributes, without data. Empty if the message is',
      'not a JSON object, or too long. The whole message is stored sealed; show it with: redress dead-letters show.',
    ].join(' '),
  },
  bindings: {
    kafka: {
      key: {
        description: 'The keyed hash of the dead letter, for redress dead-letters show.',
        ...schemaOf(Sha256),
      },
      bindingVersion: '0.5.0',
    },
  },
}
