import type { Admin } from 'kafkajs'
import * as E from '#fp/Either'
import { deadLetterTopic } from './dead-letter-topic.ts'
import { type KafkaError, reasonOf } from './errors.ts'

/**
 * Sees to it that the topic is there, and the one for its dead letters: without that one the first bad message would
 * stop the stream. It is made when it is missing; the topic itself is the services', and is not.
 */
export const prepareTopics = async (admin: Admin, topic: string): Promise<E.Either<KafkaError, void>> => {
  const topics = await admin.listTopics()
  if (!topics.includes(topic)) {
    return unfit(
      `there is no topic ${topic} (or this user may not see it); make it first, or name another with --topic`,
    )
  }
  const letters = deadLetterTopic(topic)
  if (topics.includes(letters)) return E.right(undefined)
  try {
    // The brokers' own defaults decide on partitions and replicas.
    await admin.createTopics({ topics: [{ topic: letters, numPartitions: -1, replicationFactor: -1 }] })
    return E.right(undefined)
  } catch (error) {
    return unfit(
      `there is no topic ${letters} for what is refused, and it can't be made (${reasonOf(error)}); make it first`,
    )
  }
}

const unfit = (message: string): E.Either<KafkaError, never> => E.left({ kind: 'topic', message })
