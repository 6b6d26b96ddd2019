import type { KafkaMessage } from 'kafkajs'
import * as E from '#fp/Either'
import { FULL_BATCH, packed, type RawBatch, type SetAside } from '../../accept/batch.ts'
import { cloudEventOf } from './message.ts'

/** Messages of one partition, in the order of their offsets. */
export type MessageBatch = RawBatch & { readonly messages: ReadonlyArray<KafkaMessage> }

/** Messages in chunks that are each ingested at once; none is empty. */
export const chunksOf = (
  messages: ReadonlyArray<KafkaMessage>,
): ReadonlyArray<ReadonlyArray<KafkaMessage>> => {
  const chunks: KafkaMessage[][] = []
  let bytes = 0
  for (const message of messages) {
    const chunk = chunks.at(-1)
    const size = message.value?.length ?? 0
    if (chunk === undefined || chunk.length === FULL_BATCH.messages || bytes + size > FULL_BATCH.bytes) {
      chunks.push([message])
      bytes = size
    } else {
      chunk.push(message)
      bytes += size
    }
  }
  return chunks
}

/** Packs messages of a partition for the decoder. */
export const packMessages = (
  topic: string,
  partition: number,
  messages: ReadonlyArray<KafkaMessage>,
): MessageBatch => {
  const setAside = new Map<number, SetAside>()
  const events = messages.map((message, index) => {
    const event = cloudEventOf(message)
    if (E.isRight(event)) return event.right
    setAside.set(index, event.left)
    return NOTHING
  })
  const origin = (index: number): string => `${topic}[${partition}]@${messages[index]?.offset}`
  return { ...packed(events), origin, setAside, messages }
}

const NOTHING = new Uint8Array(0)
