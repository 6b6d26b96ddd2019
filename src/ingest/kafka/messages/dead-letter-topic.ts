import type { IHeaders, KafkaMessage, Message, Producer } from 'kafkajs'
import { HEAD_BYTES } from '../../dead-letters/letter.ts'
import type { KeptRefusal } from '../../pipeline/ingestor.ts'
import { isTooLarge } from '../errors.ts'
import { ATTRIBUTE_PREFIX, valuesOf } from './message.ts'
import { isAttribute, withoutPersonal } from './without-personal.ts'

/** Where refused messages are sent, once they are stored as dead letters. */
export const deadLetterTopic = (topic: string): string => `${topic}.dead-letters`

/** A message's position. */
export type MessagePlace = {
  readonly topic: string
  readonly partition: number
  readonly message: KafkaMessage
}

/** A message to the topic, and the headers of it that are ours. */
export type Letter = Message & { readonly own: IHeaders }

/**
 * A refused message as it is forwarded: what may be disclosed of it, as an event in structured mode, empty if it
 * cannot be parsed; the reason and the position in headers of our own, next to its CloudEvents attributes; keyed by
 * the dead letter's hash. Nothing that a person may have written leaves the sealed letter.
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

/** The headers that identify the event: valid attributes. Any other may hold a text. */
const attributesIn = (headers: IHeaders | undefined): IHeaders =>
  Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, header]): ReadonlyArray<[string, string]> => {
      const [value, another] = valuesOf(header).map((one) => one.toString('utf8'))
      const isOne = value !== undefined && another === undefined && name.startsWith(ATTRIBUTE_PREFIX)
      return isOne && isAttribute(name.slice(ATTRIBUTE_PREFIX.length), value) ? [[name, value]] : []
    }),
  )

/** The most sent at once: by default, a broker accepts a megabyte. */
const GROUP_BYTES = 256 * 1024

/**
 * Sends refused messages to a topic; answers when all in-sync replicas have them. What is too large for the topic (a
 * ruleset's document) is cut to its first 64 KiB and marked, because the stream must not stop for it. Rejects as
 * kafkajs does.
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
