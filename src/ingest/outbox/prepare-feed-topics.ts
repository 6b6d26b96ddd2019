import type { Admin, Kafka } from 'kafkajs'
import * as E from '#fp/Either'
import { isRetriable, type KafkaError, reasonOf } from '../kafka/errors.ts'
import type { KafkaRemark } from '../kafka/log-entry.ts'
import { CLOSE_WITHIN, waitAtMost } from '../kafka/run/waiting.ts'
import { ensureTopic, type OwnTopic } from '../kafka/topics/prepare-topics.ts'
import { CLEANUP_POLICY, topicSettings } from '../kafka/topics/settings.ts'
import { openTopics } from '../kafka/topics/topics.ts'

/**
 * Creates the topics that are missing. One that should be compacted and is not is used with a warning: its settings are up to
 * its owner. Rejects with what can be retried.
 */
export const prepareFeedTopics = async (
  kafka: Kafka,
  wanted: ReadonlyArray<OwnTopic>,
  onRemark: (remark: KafkaRemark) => void,
): Promise<E.Either<KafkaError, void>> => {
  const admin = kafka.admin()
  const topics = openTopics(kafka)
  try {
    await admin.connect()
    for (const topic of wanted) {
      const ready = await ensureTopic(admin, topics, topic)
      if (E.isLeft(ready)) return ready
      if (topic.settings?.[CLEANUP_POLICY] !== 'compact') continue
      const policy = await policyOf(admin, topic.name)
      if (policy === 'compact') continue
      onRemark({
        level: 'warning',
        message:
          `the topic ${topic.name} is not compacted (its ${CLEANUP_POLICY} is ${policy}): Kafka will eventually delete ` +
          `${topic.purpose} that still count. Set ${CLEANUP_POLICY}=compact on it`,
      })
    }
    return E.right(undefined)
  } finally {
    await waitAtMost(CLOSE_WITHIN, Promise.allSettled([admin.disconnect(), topics.close()]))
  }
}

/** The policy, or why it is not known: not everybody may read settings. */
const policyOf = async (admin: Admin, topic: string): Promise<string> => {
  try {
    return (await topicSettings(admin, topic, [CLEANUP_POLICY])).get(CLEANUP_POLICY) ?? 'unknown'
  } catch (error) {
    if (isRetriable(error)) throw error
    return `unknown: ${reasonOf(error)}`
  }
}
