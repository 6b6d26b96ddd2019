import { stringify } from 'yaml'
import { eventTypes } from '../../../src/domain/event.ts'
import { deadLetter } from './dead-letter-message.ts'
import {
  binaryMessage,
  binaryTrait,
  STRUCTURED,
  structuredMessage,
  structuredTrait,
} from './event-messages.ts'

/** The AsyncAPI document of the topics, in YAML. */
export const asyncApiText = (): string =>
  stringify(asyncApi(), { lineWidth: 110, singleQuote: true, aliasDuplicateObjects: false })

const TOPIC = 'enforcement.events'
const DEAD_LETTERS = `${TOPIC}.dead-letters`

const asyncApi = () => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Redress on Kafka',
    // Of this document: event types carry versions of their own.
    version: '1.0.0',
    description:
      'What services publish of what they do to accounts, and what Redress gives back of it when it can not take ' +
      'it. Every event is a CloudEvent 1.0.',
    license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  },
  defaultContentType: STRUCTURED,
  servers: {
    kafka: {
      host: '{broker}',
      protocol: 'kafka',
      description: 'Your Kafka cluster.',
      variables: {
        broker: { default: 'localhost:9092', description: 'Host and port of one of its brokers.' },
      },
    },
  },
  channels: {
    enforcementEvents: {
      address: TOPIC,
      description:
        'Events of all types. The order in which they come does not matter, and neither does one that comes twice: ' +
        'source and id say which it is, time says when it happened.',
      messages: Object.fromEntries(
        eventTypes.flatMap((type) => [type, binaryName(type)]).map((name) => [name, messageRef(name)]),
      ),
    },
    deadLetters: {
      address: DEAD_LETTERS,
      description: 'What Redress could not take: mend it, and send it to the topic of events again.',
      messages: { deadLetter: messageRef('deadLetter') },
    },
  },
  operations: {
    receiveEvents: {
      action: 'receive',
      channel: { $ref: '#/channels/enforcementEvents' },
      summary: 'Redress takes events into the ledger.',
    },
    sendDeadLetters: {
      action: 'send',
      channel: { $ref: '#/channels/deadLetters' },
      summary: 'Redress sends on what it could not take, once it has kept it.',
    },
  },
  components: {
    messages: {
      ...Object.fromEntries(eventTypes.map((type) => [type, structuredMessage(type)])),
      ...Object.fromEntries(eventTypes.map((type) => [binaryName(type), binaryMessage(type)])),
      deadLetter,
    },
    messageTraits: { structured: structuredTrait, binary: binaryTrait },
  },
})

const binaryName = (type: string): string => `${type}.binary`
const messageRef = (name: string) => ({ $ref: `#/components/messages/${name}` })
