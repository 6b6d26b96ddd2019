import type { IHeaders, KafkaMessage, Message, Producer } from 'kafkajs'
import { HEAD_BYTES } from '../../dead-letters/letter.ts'
import type { KeptRefusal } from '../../pipeline/ingestor.ts'
import { isTooLarge } from '../errors.ts'
import { ATTRIBUTE_PREFIX, valuesOf } from './message.ts'
import { isAttribute, withoutPersonal } from './without-personal.ts'

/** Where messages go that were refused, once they are kept as dead letters. */
export const deadLetterTopic = (topic: string): string => `${topic}.dead-letters`

/** Where a message stands. */
export type MessagePlace = {
  readonly topic: string
  readonly partition: number
  readonly message: KafkaMessage
}

/** A message to the topic, and those of its headers that are ours. */
export type Letter = Message & { readonly own: IHeaders }

/**
 * A refused message as it is sent on: what may be told of it, as an event in structured mode, empty where it cannot be
 * parsed; the reason and the place in headers of our own, its CloudEvents attributes beside; keyed by the dead letter's
 * hash. Nothing that a person may have written leaves the sealed letter.
 */
export const refusedMessage = (
  { topic, partition, message }: MessagePlace,
  { origin, hash, raw, length, rejection }: KeptRefusal,
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
  const value = length === raw.length ? withoutPersonal(raw) : Buffer.alloc(0)
  const mode = value.length === 0 ? {} : { 'content-type': 'application/cloudevents+json' }
  return { key: hash, value, headers: { ...attributesIn(message.headers), ...mode, ...own }, own }
}

/** The headers that say which event it was: attributes in their proper form. Any other may hold a text. */
const attributesIn = (headers: IHeaders | undefined): IHeaders =>
  Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, header]): ReadonlyArray<[string, string]> => {
      const [value, another] = valuesOf(header).map((one) => one.toString('utf8'))
      const isOne = value !== undefined && another === undefined && name.startsWith(ATTRIBUTE_PREFIX)
      return isOne && isAttribute(name.slice(ATTRIBUTE_PREFIX.length), value) ? [[name, value]] : []
    }),
  )

/** What is sent at once: a broker takes no more than a megabyte by default. */
const GROUP_BYTES = 256 * 1024

/**
 * Sends refused messages to a topic; answers when all replicas in sync have them. What the topic finds too large (a
 * ruleset's document) is cut to its first 64 KiB and marked so, for a stream must not stand still over it. Rejects as kafkajs does.
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

/** Only our headers stay; its attributes may be what is large. */
const cut = ({ key, value, own }: Letter): Letter => {
  const headers = { ...own, 'redress-truncated': 'true' }
  return {
    ...(key === undefined ? {} : { key }),
    value: value === null ? null : Buffer.from(value).subarray(0, HEAD_BYTES),
    headers,
    own: headers,
  }
}
