import kafkajs, { type Admin } from 'kafkajs'
import * as E from '#fp/Either'
import { isRetriable, type KafkaError, reasonOf } from '../kafka/errors.ts'
import type { KafkaRemark } from '../kafka/log-entry.ts'
import { deadLetterTopic } from '../kafka/messages/dead-letter-topic.ts'
import type { Topics } from '../kafka/topics/topics.ts'

// Node does not see all names that this CommonJS module exports.
const { ConfigResourceTypes } = kafkajs

/** The topic for accounts' states as it is. */
export type AccountsTopic = {
  readonly name: string
  /** The largest message that it takes, in bytes. */
  readonly mostBytes: number
}

/** What is wrong with a topic's name for accounts' states, where `topic` is consumed; null: nothing. */
export const accountsTopicClash = (topic: string, accountsTopic: string): string | null => {
  if (accountsTopic === topic) {
    return `${topic} is the topic that events come from: the accounts' states need one of their own`
  }
  return accountsTopic === deadLetterTopic(topic)
    ? `${accountsTopic} is the topic for what is refused: the accounts' states need one of their own`
    : null
}

/** What brokers take where nothing else is set (`message.max.bytes`). */
const USUAL_MOST_BYTES = 1_048_588

/**
 * Sees to it that the topic for accounts' states is there, and makes it, compacted, when it is missing. One that is there
 * and not compacted is told of and used: what it is to be is for its owner to say. Rejects with what can be retried.
 */
export const prepareAccountsTopic = async (
  admin: Admin,
  topics: Topics,
  { topic, accountsTopic }: { readonly topic: string; readonly accountsTopic: string },
  remark: (remark: KafkaRemark) => void,
): Promise<E.Either<KafkaError, AccountsTopic>> => {
  const clash = accountsTopicClash(topic, accountsTopic)
  if (clash !== null) return unfit(clash)
  if ((await topics.find(accountsTopic)) === null) {
    try {
      // The brokers' own defaults decide on partitions and replicas. One that another consumer makes now is no error.
      const configEntries = [{ name: POLICY, value: 'compact' }]
      await admin.createTopics({
        topics: [{ topic: accountsTopic, numPartitions: -1, replicationFactor: -1, configEntries }],
      })
    } catch (error) {
      if (isRetriable(error)) throw error
      return unfit(
        `there is no topic ${accountsTopic} for the accounts' states, and it can't be made (${reasonOf(error)}); make it ` +
          `first, with ${POLICY}=compact`,
      )
    }
  }
  const warn = (message: string): void => remark({ level: 'warning', message })
  try {
    const settings = await settingsOf(admin, accountsTopic)
    const policy = settings.get(POLICY) ?? 'unknown'
    if (policy !== 'compact') {
      warn(
        `the topic ${accountsTopic} is not compacted (its ${POLICY} is ${policy}): in time Kafka deletes the states of ` +
          `accounts that nothing happens to. Set ${POLICY}=compact on it, then run this once with --from-start`,
      )
    }
    return E.right({ name: accountsTopic, mostBytes: Number(settings.get(MOST_BYTES) ?? USUAL_MOST_BYTES) })
  } catch (error) {
    if (isRetriable(error)) throw error
    warn(`the settings of the topic ${accountsTopic} can't be seen (${reasonOf(error)}); is it compacted?`)
    return E.right({ name: accountsTopic, mostBytes: USUAL_MOST_BYTES })
  }
}

const POLICY = 'cleanup.policy'
const MOST_BYTES = 'max.message.bytes'

const settingsOf = async (admin: Admin, name: string): Promise<ReadonlyMap<string, string>> => {
  const { resources } = await admin.describeConfigs({
    resources: [{ type: ConfigResourceTypes.TOPIC, name, configNames: [POLICY, MOST_BYTES] }],
    includeSynonyms: false,
  })
  return new Map(
    resources.flatMap(({ configEntries }) =>
      configEntries.map(({ configName, configValue }) => [configName, configValue] as const),
    ),
  )
}

const unfit = (message: string): E.Either<KafkaError, never> => E.left({ kind: 'topic', message })
