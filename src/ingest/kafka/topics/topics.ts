import { createRequire } from 'node:module'
import type { Kafka } from 'kafkajs'
import { Passing } from '../errors.ts'
import {
  decodeMetadataResponse,
  encodeMetadataRequest,
  METADATA,
  METADATA_VERSION,
  type TopicMetadata,
} from './metadata-v10.ts'

/** An existing topic. Its id is permanent: one that is deleted and created again has another. */
export type FoundTopic = {
  /** Null: the brokers are too old to report ids (before Kafka 2.8). */
  readonly id: string | null
}

/** Asks the brokers about topics. */
export type Topics = {
  /** Null: there is no such topic. Rejects as kafkajs does, and while the brokers do not agree. */
  readonly find: (topic: string) => Promise<FoundTopic | null>
  readonly close: () => Promise<void>
}

/** Uses connections made by kafkajs, because its public functions have no topic ids. */
export const openTopics = (kafka: Kafka): Topics => {
  const cluster = clusterOf(kafka)
  const find = async (topic: string): Promise<FoundTopic | null> => {
    await cluster.connect()
    await cluster.refreshMetadataIfNecessary()
    const first = await ask(await cluster.brokerPool.findConnectedBroker(), topic)
    // A broker can lag behind the others, and a leader that lags may still serve a deleted topic.
    const answers = await Promise.all(
      first.leaders.map(async (nodeId) => ask(await cluster.findBroker({ nodeId }), topic)),
    )
    if (answers.some(({ found }) => !agree(found, first.found))) {
      throw new Passing(`the brokers do not agree yet on the topic ${topic}`)
    }
    return first.found
  }
  return { find, close: () => cluster.disconnect() }
}

const agree = (one: FoundTopic | null, other: FoundTopic | null): boolean =>
  one === null || other === null ? one === other : isSameTopic(one.id, other.id)

/** Whether two ids, seen at different times or by different brokers, are of one topic, as far as is known. */
export const isSameTopic = (one: string | null, other: string | null): boolean =>
  one === null || other === null || one === other

type Answer = { readonly found: FoundTopic | null; readonly leaders: ReadonlyArray<number> }

const ABSENT: Answer = { found: null, leaders: [] }

const ask = async (broker: Broker, topic: string): Promise<Answer> => {
  const range = broker.versions?.[METADATA]
  if (range === undefined || range.maxVersion < METADATA_VERSION || range.minVersion > METADATA_VERSION) {
    return askWithoutId(broker, topic)
  }
  const body = encodeMetadataRequest(topic)
  const answered = await broker.connectionPool.send({
    request: {
      apiKey: METADATA,
      apiVersion: METADATA_VERSION,
      apiName: 'Metadata',
      encode: async () => ({ buf: body, buffer: body }),
    },
    response: {
      decode: async (bytes) => ({ topics: decodeMetadataResponse(bytes) }),
      parse: async (decoded) => decoded,
    },
  })
  const one = answered.topics.find(({ name }) => name === topic)
  if (one === undefined || one.errorCode === UNKNOWN_TOPIC_OR_PARTITION) return ABSENT
  if (one.errorCode !== 0) throw createErrorFromCode(one.errorCode)
  return { found: { id: one.topicId }, leaders: one.leaders }
}

const askWithoutId = async (broker: Broker, topic: string): Promise<Answer> => {
  try {
    await broker.metadata([topic])
    return { found: { id: null }, leaders: [] }
  } catch (error) {
    if (Object(error).code === UNKNOWN_TOPIC_OR_PARTITION) return ABSENT
    throw error
  }
}

const UNKNOWN_TOPIC_OR_PARTITION = 3
/** How long kafkajs trusts its cached metadata, in ms; the same as its consumers. */
const METADATA_MAX_AGE = 300_000

/** The parts of kafkajs's internals that are used here. */
type Broker = {
  readonly versions: { readonly [apiKey: number]: { minVersion: number; maxVersion: number } } | null
  readonly connectionPool: { readonly send: (exchange: Exchange) => Promise<Decoded> }
  readonly metadata: (topics: ReadonlyArray<string>) => Promise<unknown>
}
type Decoded = { readonly topics: ReadonlyArray<TopicMetadata> }
type Exchange = {
  readonly request: {
    readonly apiKey: number
    readonly apiVersion: number
    readonly apiName: string
    readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>
  }
  readonly response: {
    readonly decode: (bytes: Buffer) => Promise<Decoded>
    readonly parse: (decoded: Decoded) => Promise<Decoded>
  }
}
type Cluster = {
  readonly connect: () => Promise<void>
  readonly disconnect: () => Promise<void>
  readonly refreshMetadataIfNecessary: () => Promise<void>
  readonly findBroker: (which: { readonly nodeId: number }) => Promise<Broker>
  readonly brokerPool: { readonly findConnectedBroker: () => Promise<Broker> }
}

const clusterOf = (kafka: Kafka): Cluster => {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  )
  const create = symbol === undefined ? undefined : Object(kafka)[symbol]
  if (typeof create !== 'function')
    throw new Error('this version of kafkajs creates its clusters differently')
  return create({ allowAutoTopicCreation: false, metadataMaxAge: METADATA_MAX_AGE })
}

const { createErrorFromCode }: { readonly createErrorFromCode: (code: number) => Error } = createRequire(
  import.meta.url,
)('kafkajs/src/protocol/error.js')
