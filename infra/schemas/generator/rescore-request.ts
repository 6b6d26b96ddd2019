import { AccountId } from '../../../src/domain/ids.ts'
import { DRAFT, type FileSchema, referringTo, worded } from '../../../src/domain/json-schema/event-schema.ts'
import { objectParts, valueParts } from '../../../src/domain/json-schema/parts.ts'
import { schemaOf } from '../../../src/domain/schema.ts'
import { SCHEMA_HEADER } from '../../../src/ingest/account-feed/message.ts'
import { RESCORE_REQUEST, RescoreRequestCodec } from '../../../src/replay/result/rescore-request.ts'

const SAYS =
  'A flag that a correction leaves unknown, and that its detector, once fixed, must look at again: what was recorded ' +
  'with the flag. The answer is a flag.rescored event about the same flagId, on the same account.'

const fields = {
  account: 'The account that the flag is on: the subject of the answer.',
  flagId: 'The flag.',
  occurredAt: 'When it was raised, in UTC to the millisecond.',
  content: 'What it is about.',
  category: "What was found, in the platform's codes.",
  rule: 'The id of the rule that fired.',
  detector: 'What found it.',
  signals: 'What was recorded with it.',
  withdrawals: 'The ids of the withdrawals, of the correction, that leave it unknown.',
}

/** The schema of the topic for rescore requests, and of the lines of the rescore list. */
export const rescoreRequestSchema = (): FileSchema => {
  const { refer, defs } = referringTo([...objectParts, ...valueParts])
  return {
    $schema: DRAFT,
    $id: `urn:redress:schema:${RESCORE_REQUEST}`,
    title: RESCORE_REQUEST,
    description: SAYS,
    ...worded(schemaOf(RescoreRequestCodec, refer), fields),
    $defs: defs(),
  }
}

/** A rescore request as a message. */
export const rescoreRequestMessage = {
  name: RESCORE_REQUEST,
  title: RESCORE_REQUEST,
  summary: 'A flag that a detector must look at again.',
  contentType: 'application/json',
  headers: {
    type: 'object',
    properties: {
      'content-type': { const: 'application/json' },
      [SCHEMA_HEADER]: { description: 'The name and version of the schema.', const: RESCORE_REQUEST },
    },
    required: ['content-type', SCHEMA_HEADER],
  },
  payload: {
    schemaFormat: 'application/schema+json;version=2020-12',
    schema: { $ref: `./${RESCORE_REQUEST}.json` },
  },
  bindings: {
    kafka: {
      key: {
        description: 'The account, so that the requests about an account stay together.',
        ...schemaOf(AccountId),
      },
      bindingVersion: '0.5.0',
    },
  },
}
