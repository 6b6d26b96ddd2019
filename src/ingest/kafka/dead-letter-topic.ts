import type { KafkaMessage, Message, Producer } from 'kafkajs'
import { HEAD_BYTES } from '../dead-letters.ts'
import type { Refused } from '../settle.ts'
import { errorTypes } from './errors.ts'

/** Where messages go that were refused, once they are kept as dead letters. */
export const deadLetterTopic = (topic: string): string => `${topic}.dead-letters`

/** Where a message stands. */
export type Place = { readonly topic: string; readonly partition: number; readonly message: KafkaMessage }

/**
 * A refused message as it is sent on: value and headers as they came, the reason and the place in headers beside, keyed
 * by the hash under which the dead letter is kept.
 */
export const refusedMessage = (
  { topic, partition, message }: Place,
  { origin, sha256, rejection }: Refused,
): Message => ({
  key: sha256,
  value: message.value,
  headers: {
    ...message.headers,
    'redress-reason': rejection.code,
    'redress-field': rejection.path,
    'redress-message': rejection.message,
    'redress-origin': origin,
    'redress-topic': topic,
    'redress-partition': String(partition),
    'redress-offset': message.offset,
    'redress-timestamp': message.timestamp,
  },
})

/** What is sent at once: a broker takes no more than a megabyte by default. */
const GROUP_BYTES = 256 * 1024

/**
 * Sends refused messages to a topic; answers when all replicas in sync have them. What the topic finds too large is cut
 * to its first 64 KiB and marked so, for a stream must not stand still over it. Rejects as kafkajs does.
 */
export const sendRefused = async (
  producer: Producer,
  topic: string,
  messages: ReadonlyArray<Message>,
): Promise<void> => {
  for (const group of inGroups(messages)) {
    await sendWhole(producer, topic, group).catch(async (error: unknown) => {
      if (!isTooLarge(error)) throw error
      for (const message of group) {
        await sendWhole(producer, topic, [message]).catch(async (cause: unknown) => {
          if (!isTooLarge(cause)) throw cause
          await sendWhole(producer, topic, [cut(message)])
        })
      }
    })
  }
}

const ALL_IN_SYNC = -1

const sendWhole = async (producer: Producer, topic: string, messages: Message[]): Promise<void> => {
  await producer.send({ topic, acks: ALL_IN_SYNC, messages })
}

const inGroups = (messages: ReadonlyArray<Message>): ReadonlyArray<Message[]> => {
  const groups: Message[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const message of messages) {
    const size = message.value?.length ?? 0
    if (bytes + size > GROUP_BYTES) {
      groups.push([message])
      bytes = size
    } else {
      groups.at(-1)?.push(message)
      bytes += size
    }
  }
  return groups
}

const TOO_LARGE: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])
const isTooLarge = (error: unknown): boolean => errorTypes(error).some((type) => TOO_LARGE.has(type))

/** Our headers stay; the message's own may be what is large. */
const cut = ({ key, value, headers = {} }: Message): Message => ({
  ...(key === undefined ? {} : { key }),
  value: value === null ? null : Buffer.from(value).subarray(0, HEAD_BYTES),
  headers: {
    ...Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('redress-'))),
    'redress-truncated': 'true',
  },
})
