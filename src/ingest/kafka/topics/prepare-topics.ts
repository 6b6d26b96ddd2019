import type { Admin } from 'kafkajs'
import * as E from '#fp/Either'
import { isRetriable, type KafkaError, Passing, reasonOf } from '../errors.ts'
import type { FoundTopic, Topics } from './topics.ts'

/** The topic does not exist: not yet, not any more, or not at all. */
export class NoSuchTopic extends Passing {}

/** The topic to read; creating it is up to its services. Rejects with `NoSuchTopic`, and as kafkajs does. */
export const findTopic = async (topics: Topics, topic: string, wasThere: boolean): Promise<FoundTopic> => {
  const found = await topics.find(topic)
  if (found !== null) return found
  throw new NoSuchTopic(
    wasThere
      ? describeDeleted(topic)
      : `there is no topic ${topic} (or this user may not see it); create it first, or name another with --topic`,
  )
}

export const describeDeleted = (topic: string): string => `the topic ${topic} was deleted`

/** A topic that Redress sends to, what it is for, in words, and the settings that it is created with. */
export type OwnTopic = {
  readonly name: string
  readonly purpose: string
  readonly settings?: Readonly<Record<string, string>>
  /** Left out: the brokers' default. */
  readonly partitions?: number
}

/**
 * Ensures that a topic that Redress sends to exists, and creates it if it is missing. (Without the one for dead letters the
 * first bad message would stop the stream.) Rejects with what can be retried.
 */
export const ensureTopic = async (
  admin: Admin,
  topics: Topics,
  { name, purpose, settings = {}, partitions = BROKERS_DEFAULT }: OwnTopic,
): Promise<E.Either<KafkaError, void>> => {
  if ((await topics.find(name)) !== null) return E.right(undefined)
  const entries = Object.entries(settings)
  try {
    const configEntries = entries.map(([setting, value]) => ({ name: setting, value }))
    // One that another process creates now is not an error.
    await admin.createTopics({
      topics: [{ topic: name, numPartitions: partitions, replicationFactor: BROKERS_DEFAULT, configEntries }],
    })
    return E.right(undefined)
  } catch (error) {
    if (isRetriable(error)) throw error
    const wanted = entries.map(([setting, value]) => `${setting}=${value}`).join(', ')
    return E.left({
      kind: 'topic',
      message:
        `the topic ${name} for ${purpose} does not exist and cannot be created (${reasonOf(error)}); create it first` +
        (wanted === '' ? '' : `, with ${wanted}`),
    })
  }
}

const BROKERS_DEFAULT = -1
