import type { Admin } from 'kafkajs'
import * as E from '#fp/Either'
import { isRetriable, type KafkaError, reasonOf } from '../kafka/errors.ts'
import type { KafkaRemark } from '../kafka/log-entry.ts'
import { deadLetterTopic } from '../kafka/messages/dead-letter-topic.ts'
import { ensureTopic } from '../kafka/topics/prepare-topics.ts'
import { CLEANUP_POLICY, topicSettings } from '../kafka/topics/settings.ts'
import type { Topics } from '../kafka/topics/topics.ts'

/** The topic for account states, as it is. */
export type AccountsTopic = {
  readonly name: string
  /** The largest message that it accepts, in bytes. */
  readonly mostBytes: number
}

/** What is wrong with the name of a topic for account states, given the consumed `topic`; null: nothing. */
export const accountsTopicClash = (topic: string, accountsTopic: string): string | null => {
  if (accountsTopic === topic) {
    return `${topic} is the topic of the events: account states need a topic of their own`
  }
  return accountsTopic === deadLetterTopic(topic)
    ? `${accountsTopic} is the topic for dead letters: account states need a topic of their own`
    : null
}

/** What brokers accept by default (`message.max.bytes`). */
const USUAL_MOST_BYTES = 1_048_588

/**
 * Ensures that the topic for account states exists, and creates it, compacted, if it is missing. An existing topic
 * that is not compacted is used with a warning: its settings are up to its owner. Rejects with what can be retried.
 */
export const prepareAccountsTopic = async (
  admin: Admin,
  topics: Topics,
  { topic, accountsTopic }: { readonly topic: string; readonly accountsTopic: string },
  remark: (remark: KafkaRemark) => void,
): Promise<E.Either<KafkaError, AccountsTopic>> => {
  const clash = accountsTopicClash(topic, accountsTopic)
  if (clash !== null) return unsuitable(clash)
  const ready = await ensureTopic(admin, topics, {
    ...{ name: accountsTopic, purpose: 'account states' },
    settings: { [CLEANUP_POLICY]: 'compact' },
  })
  if (E.isLeft(ready)) return ready
  const warn = (message: string): void => remark({ level: 'warning', message })
  try {
    const settings = await topicSettings(admin, accountsTopic, [CLEANUP_POLICY, MOST_BYTES])
    const policy = settings.get(CLEANUP_POLICY) ?? 'unknown'
    if (policy !== 'compact') {
      warn(
        `the topic ${accountsTopic} is not compacted (its ${CLEANUP_POLICY} is ${policy}): Kafka will eventually delete the states of ` +
          `inactive accounts. Set ${CLEANUP_POLICY}=compact on it, then run this once with --from-start`,
      )
    }
    return E.right({ name: accountsTopic, mostBytes: Number(settings.get(MOST_BYTES) ?? USUAL_MOST_BYTES) })
  } catch (error) {
    if (isRetriable(error)) throw error
    warn(
      `cannot read the settings of the topic ${accountsTopic} (${reasonOf(error)}); check that it is compacted`,
    )
    return E.right({ name: accountsTopic, mostBytes: USUAL_MOST_BYTES })
  }
}

const MOST_BYTES = 'max.message.bytes'

const unsuitable = (message: string): E.Either<KafkaError, never> => E.left({ kind: 'topic', message })
