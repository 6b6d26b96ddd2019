import { randomUUID } from 'node:crypto'
import { type KafkaConfig, type KafkaMessage, type Message, Partitioners } from 'kafkajs'
import { clientOf } from '../../infra/kafka/client.ts'

/** A topic that nobody else has. */
export const newTopic = async (
  brokers: string,
  numPartitions = 3,
  login: Partial<KafkaConfig> = {},
  settings: ReadonlyArray<{ readonly name: string; readonly value: string }> = [],
): Promise<string> => {
  const topic = `events-${randomUUID()}`
  const admin = clientOf(brokers, login).admin()
  await admin.connect()
  const configEntries = [{ name: 'max.message.bytes', value: '10000000' }, ...settings]
  await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }] })
  await admin.disconnect()
  return topic
}

/** A published event as the services send it, keyed by its account. */
export const structured = (line: string): Message => ({
  key: String(Object(JSON.parse(line)).subject),
  value: line,
  headers: { 'content-type': 'application/cloudevents+json' },
})

/** The same event in binary mode. */
export const binary = (line: string): Message => {
  const { data, ...attributes } = Object(JSON.parse(line))
  const headers = Object.entries(attributes).map(([name, value]) => [`ce_${name}`, String(value)])
  return {
    key: String(attributes.subject),
    value: JSON.stringify(data),
    headers: Object.fromEntries(headers),
  }
}

/** Publishes messages and waits until they are there. */
export const publish = async (
  brokers: string,
  topic: string,
  messages: ReadonlyArray<Message>,
  login: Partial<KafkaConfig> = {},
): Promise<void> => {
  const producer = clientOf(brokers, login).producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  for (let i = 0; i < messages.length; i += 2_000) {
    await producer.send({ topic, messages: messages.slice(i, i + 2_000) })
  }
  await producer.disconnect()
}

/** All messages that are in a topic now. */
export const messagesIn = async (brokers: string, topic: string): Promise<ReadonlyArray<KafkaMessage>> => {
  const kafka = clientOf(brokers)
  const admin = kafka.admin()
  await admin.connect()
  const ends = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  const expected = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)
  const messages: KafkaMessage[] = []
  if (expected === 0) return messages
  const consumer = kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const { promise, resolve } = Promise.withResolvers<void>()
  await consumer.run({
    eachMessage: async ({ message }) => {
      messages.push(message)
      if (messages.length === expected) resolve()
    },
  })
  await promise
  await consumer.disconnect()
  return messages
}

/**
 * All messages of a topic that are committed now, in the order of each partition: what a reader sees who reads only those. Marks
 * the end of each partition for it.
 */
export const committedIn = async (brokers: string, topic: string): Promise<ReadonlyArray<KafkaMessage>> => {
  const kafka = clientOf(brokers)
  const admin = kafka.admin()
  await admin.connect()
  const partitions = (await admin.fetchTopicOffsets(topic)).map(({ partition }) => partition)
  await admin.disconnect()
  const end = randomUUID()
  await publish(
    brokers,
    topic,
    partitions.map((partition) => ({ key: end, value: 'end', partition })),
  )
  const messages: KafkaMessage[] = []
  const ends = new Set<number>()
  const consumer = kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const { promise, resolve } = Promise.withResolvers<void>()
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      if (String(message.key) === end) ends.add(partition)
      else if (String(message.value) !== 'end') messages.push(message)
      if (ends.size === partitions.length) resolve()
    },
  })
  await promise
  await consumer.disconnect()
  return messages
}
