import { stringify } from 'yaml'
import { publishedTypes } from '../../../src/domain/event.ts'
import { ALARM_NOTICE, alarmFeed } from '../../../src/incidents/feeds/alarms.ts'
import { AUDIT_REQUEST, auditFeed } from '../../../src/incidents/feeds/audits.ts'
import { HOLD_STATE, holdFeed } from '../../../src/incidents/feeds/holds.ts'
import {
  REINSTATEMENT_REQUEST,
  REINSTATEMENT_WITHDRAWAL,
  requestFeed,
} from '../../../src/incidents/feeds/requests.ts'
import { ACCOUNT_STATE } from '../../../src/ingest/account-feed/state.ts'
import { RESCORE_REQUEST } from '../../../src/replay/result/rescore-request.ts'
import { accountStateMessage } from './account-state.ts'
import { deadLetter } from './dead-letter-message.ts'
import {
  binaryMessage,
  binaryTrait,
  STRUCTURED,
  structuredMessage,
  structuredTrait,
} from './event-messages.ts'
import { feedMessage, feedMessages } from './feed-messages.ts'
import { rescoreRequestMessage } from './rescore-request.ts'

/** The AsyncAPI document of the topics, in YAML. */
export const asyncApiText = (): string =>
  stringify(asyncApi(), { lineWidth: 110, singleQuote: true, aliasDuplicateObjects: false })

const TOPIC = 'enforcement.events'
const DEAD_LETTERS = `${TOPIC}.dead-letters`
const ACCOUNTS = 'redress.accounts'
const RESCORE_REQUESTS = 'redress.rescore-requests'

const ONCE =
  'Each is there once for a consumer that reads only what is committed (isolation.level=read_committed).'

const asyncApi = () => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Redress on Kafka',
    // Of this document: event types have versions of their own.
    version: '1.4.0',
    description:
      'What services publish about what they do to accounts, what Redress returns if it cannot accept a message, ' +
      'the state of each account, what detectors must look at again, alarms, what reviewers must look at, holds, and what services are asked to undo. What services publish are CloudEvents 1.0.',
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
        'Events of all types. Neither their order nor duplicates matter: ' +
        'source and id identify an event, time says when it happened.',
      messages: Object.fromEntries(
        publishedTypes.flatMap((type) => [type, binaryName(type)]).map((name) => [name, messageRef(name)]),
      ),
    },
    deadLetters: {
      address: DEAD_LETTERS,
      description:
        'What Redress could not accept: correct each message and send it to the topic of events again.',
      messages: { deadLetter: messageRef('deadLetter') },
    },
    accountStates: {
      address: ACCOUNTS,
      description:
        'The state of each account, if redress consume --accounts-topic names this topic. It is compacted: the last ' +
        'message of a key is the state. A state can be sent more than once.',
      messages: { [ACCOUNT_STATE]: messageRef(ACCOUNT_STATE) },
    },
    rescoreRequests: {
      address: RESCORE_REQUESTS,
      description:
        'What detectors must look at again, if redress correction rescore-list --topic names this topic. The answer is ' +
        'a flag.rescored event. A request can be sent more than once.',
      messages: { [RESCORE_REQUEST]: messageRef(RESCORE_REQUEST) },
    },
    alarms: {
      address: alarmFeed.topic.name,
      description: `Alarms and tripwires of which people are told, as redress watch --brokers records them. ${ONCE}`,
      messages: { [ALARM_NOTICE]: messageRef(ALARM_NOTICE) },
    },
    audits: {
      address: auditFeed.topic.name,
      description:
        'Decisions that reviewers must look at, as redress watch --brokers finds them, from when alarms were configured. ' +
        ONCE,
      messages: { [AUDIT_REQUEST]: messageRef(AUDIT_REQUEST) },
    },
    holds: {
      address: holdFeed.topic.name,
      description:
        'What services must not act on, sent by redress watch --brokers. It is compacted: a service that starts reads it from ' +
        `the beginning, and knows what stands. ${ONCE}`,
      messages: { [HOLD_STATE]: messageRef(HOLD_STATE) },
    },
    requests: {
      address: requestFeed.topic.name,
      description:
        'What services are asked to undo by an approved remediation, and which requests are withdrawn, sent by redress dispatch in ' +
        `the order in which they were recorded. ${ONCE}`,
      messages: {
        [REINSTATEMENT_REQUEST]: messageRef(REINSTATEMENT_REQUEST),
        [REINSTATEMENT_WITHDRAWAL]: messageRef(REINSTATEMENT_WITHDRAWAL),
      },
    },
  },
  operations: {
    receiveEvents: {
      action: 'receive',
      channel: { $ref: '#/channels/enforcementEvents' },
      summary: 'Redress ingests events into the ledger.',
    },
    sendDeadLetters: {
      action: 'send',
      channel: { $ref: '#/channels/deadLetters' },
      summary:
        'Redress forwards each message that it could not accept, once it has stored it as a dead letter.',
    },
    sendAccountStates: {
      action: 'send',
      channel: { $ref: '#/channels/accountStates' },
      summary: 'Redress sends the state of an account whenever it has ingested events about it.',
    },
    sendRescoreRequests: {
      action: 'send',
      channel: { $ref: '#/channels/rescoreRequests' },
      summary: 'Redress sends each flag that a correction leaves unknown and that a rescoring can settle.',
    },
    sendAlarms: {
      action: 'send',
      channel: { $ref: '#/channels/alarms' },
      summary: 'Redress tells people of an alarm or a tripwire.',
    },
    sendAudits: {
      action: 'send',
      channel: { $ref: '#/channels/audits' },
      summary: 'Redress asks reviewers to look at a decision.',
    },
    sendHolds: {
      action: 'send',
      channel: { $ref: '#/channels/holds' },
      summary: 'Redress asks services to stop acting on something, or to act again.',
    },
    sendRequests: {
      action: 'send',
      channel: { $ref: '#/channels/requests' },
      summary: 'Redress asks services to reverse decisions and to void flags, or withdraws that.',
    },
  },
  components: {
    messages: {
      ...Object.fromEntries(publishedTypes.map((type) => [type, structuredMessage(type)])),
      ...Object.fromEntries(publishedTypes.map((type) => [binaryName(type), binaryMessage(type)])),
      deadLetter,
      [ACCOUNT_STATE]: accountStateMessage,
      [RESCORE_REQUEST]: rescoreRequestMessage,
      ...Object.fromEntries(feedMessages.map((message) => [message.name, feedMessage(message)])),
    },
    messageTraits: { structured: structuredTrait, binary: binaryTrait },
  },
})

const binaryName = (type: string): string => `${type}.binary`
const messageRef = (name: string) => ({ $ref: `#/components/messages/${name}` })
