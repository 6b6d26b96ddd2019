import type { IHeaders, KafkaMessage, Message, Producer } from 'kafkajs'
import { HEAD_BYTES } from '../dead-letters.ts'
import type { Refused } from '../settle.ts'
import { isTooLarge } from './errors.ts'
import { MOST_HEADERS } from './header-limit.ts'
import { valuesOf } from './message.ts'

/** Where messages go that were refused, once they are kept as dead letters. */
export const deadLetterTopic = (topic: string): string => `${topic}.dead-letters`

/** Where a message stands. */
export type Place = { readonly topic: string; readonly partition: number; readonly message: KafkaMessage }

/** A message to the topic, and those of its headers that are ours. */
export type Letter = Message & { readonly own: IHeaders }

/**
 * A refused message as it is sent on: value and headers as they came, the reason and the place in headers of our own
 * beside, keyed by the hash under which the dead letter is kept.
 */
export const refusedMessage = (
  { topic, partition, message }: Place,
  { origin, sha256, rejection }: Refused,
): Letter => {
  const own = {
    'redress-reason': rejection.code,
    'redress-field': rejection.path,
    'redress-message': rejection.message,
    'redress-origin': origin,
    'redress-topic': topic,
    'redress-partition': String(partition),
    'redress-offset': message.offset,
    'redress-timestamp': message.timestamp,
  }
  return { key: sha256, value: message.value, headers: { ...passedOn(message.headers), ...own }, own }
}

/** Room for our own headers among those that a reader like this one takes. */
const OURS = 16

/** Nobody else speaks under our names. */
const passedOn = (headers: IHeaders | undefined): IHeaders =>
  Object.fromEntries(
    Object.entries(headers ?? {})
      .filter(([name]) => !name.startsWith('redress'))
      .slice(0, MOST_HEADERS - OURS)
      .map(([name, header]) => [name, [...valuesOf(header)]]),
  )

/** What is sent at once: a broker takes no more than a megabyte by default. */
const GROUP_BYTES = 256 * 1024

/**
 * Sends refused messages to a topic; answers when all replicas in sync have them. What the topic finds too large is cut
 * to its first 64 KiB and marked so, for a stream must not stand still over it. Rejects as kafkajs does.
 */
export const sendRefused = async (
  producer: Producer,
  topic: string,
  messages: ReadonlyArray<Letter>,
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

const sendWhole = async (
  producer: Producer,
  topic: string,
  letters: ReadonlyArray<Letter>,
): Promise<void> => {
  const messages = letters.map(({ own: _, ...message }) => message)
  await producer.send({ topic, acks: ALL_IN_SYNC, messages })
}

const inGroups = (messages: ReadonlyArray<Letter>): ReadonlyArray<ReadonlyArray<Letter>> => {
  const groups: Letter[][] = []
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

/** Only our headers stay; the message's own may be what is large. */
const cut = ({ key, value, own }: Letter): Letter => {
  const headers = { ...own, 'redress-truncated': 'true' }
  return {
    ...(key === undefined ? {} : { key }),
    value: value === null ? null : Buffer.from(value).subarray(0, HEAD_BYTES),
    headers,
    own: headers,
  }
}
