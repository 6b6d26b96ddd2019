import { envelope } from '../../../src/domain/decode.ts'
import type { Words } from '../../../src/domain/definition/event-definition.ts'
import { definitionOf, type PublishedType } from '../../../src/domain/event.ts'
import { AccountId } from '../../../src/domain/ids.ts'
import { envelopeWords } from '../../../src/domain/json-schema/envelope-words.ts'
import { schemaOf } from '../../../src/domain/schema.ts'

/** The content type of an event in structured mode. */
export const STRUCTURED = 'application/cloudevents+json'

/** A schema in the file of an event type. */
const payloadOf = (type: PublishedType, pointer = '') => ({
  schemaFormat: 'application/schema+json;version=2020-12',
  schema: { $ref: `./${type}.json${pointer}` },
})

/** An event of a type in structured mode. */
export const structuredMessage = (type: PublishedType) => ({
  name: type,
  title: type,
  summary: definitionOf(type).says,
  traits: [{ $ref: '#/components/messageTraits/structured' }],
  payload: payloadOf(type),
})

/** An event of a type in binary mode. */
export const binaryMessage = (type: PublishedType) => ({
  name: type,
  title: `${type}, binary mode`,
  summary: definitionOf(type).says,
  traits: [{ $ref: '#/components/messageTraits/binary' }],
  headers: { type: 'object', properties: { ce_type: { const: type } } },
  payload: payloadOf(type, '#/properties/data'),
})

const keyed = {
  kafka: {
    key: {
      description: 'The subject of the event, so that the events about an account stay together.',
      ...schemaOf(AccountId),
    },
    bindingVersion: '0.5.0',
  },
}

/** What all events in structured mode have in common. */
export const structuredTrait = {
  description: 'Structured mode: the value is the whole event.',
  contentType: STRUCTURED,
  headers: {
    type: 'object',
    properties: {
      'content-type': {
        description: 'Determines the mode. If it is missing, there must be no ce_ header either.',
        type: 'string',
        pattern: '^application/cloudevents[+]json(?:;.*)?$',
      },
    },
  },
  bindings: keyed,
}

const { data: _, ...required } = envelope.required
const { datacontenttype, ...optional } = envelope.optional

const words: Words = envelopeWords

/** What all events in binary mode have in common: the attributes in headers, each as the envelope has it. */
export const binaryTrait = {
  description: 'Binary mode: the value is data, the attributes are headers in UTF-8.',
  contentType: 'application/json',
  headers: {
    type: 'object',
    properties: {
      ...Object.fromEntries(
        Object.entries({ ...required, ...optional }).map(([name, codec]) => [
          `ce_${name}`,
          { description: words[name], ...schemaOf(codec) },
        ]),
      ),
      'content-type': { description: envelopeWords.datacontenttype, ...schemaOf(datacontenttype) },
    },
    required: Object.keys(required).map((name) => `ce_${name}`),
  },
  bindings: keyed,
}
