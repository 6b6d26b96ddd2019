import '../../../src/ingest/kafka/client/patch-request-queue.ts'
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs'

/** A client for tests. Its retries are set, for kafkajs has others when NODE_ENV is `test`. */
export const clientOf = (address: string, config: Partial<KafkaConfig> = {}): Kafka =>
  new Kafka({
    brokers: [address],
    logLevel: logLevel.NOTHING,
    retry: { retries: 10, initialRetryTime: 100, maxRetryTime: 1_000 },
    ...config,
  })

export const createTopic = async (kafka: Kafka, topic: string): Promise<void> => {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  await admin.disconnect()
}

export const produce = async (
  kafka: Kafka,
  topic: string,
  ...values: ReadonlyArray<string>
): Promise<void> => {
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic, messages: values.map((value) => ({ value })) })
  await producer.disconnect()
}

/** A new group's reading of a topic from its beginning. */
export type Reading = {
  readonly values: ReadonlyArray<string>
  readonly stop: () => Promise<void>
}

export const readFromStart = async (kafka: Kafka, topic: string): Promise<Reading> => {
  const values: string[] = []
  // A reader that is told to stop waits for the answer to its last question.
  // One whose broker was away for long joins again as another member, when its session before is over.
  const consumer = kafka.consumer({
    groupId: `reader-${crypto.randomUUID()}`,
    maxWaitTimeInMs: 200,
    sessionTimeout: 6_000,
    heartbeatInterval: 1_000,
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => {
      values.push(String(message.value))
    },
  })
  return { values, stop: () => consumer.disconnect() }
}
