import type { KafkaMessage } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { messageOf } from '../../../../src/ingest/accept/batch.ts'
import { chunksOf, packMessages } from '../../../../src/ingest/kafka/messages/pack.ts'

const message = (
  offset: number,
  value: Buffer | null,
  headers: KafkaMessage['headers'] = {},
): KafkaMessage => ({
  key: null,
  value,
  headers: headers ?? {},
  offset: String(offset),
  timestamp: '0',
  attributes: 0,
})

describe('given messages of a partition', () => {
  test('when they are packed, then each is found by its index, with its origin; what is set aside is empty there', () => {
    const messages = [
      message(7, Buffer.from('one')),
      message(9, Buffer.alloc(5 * 1024 * 1024)),
      message(10, null),
      message(11, Buffer.from('four')),
    ]
    const batch = packMessages('events', 3, messages)
    const texts = messages.map((_, i) => Buffer.from(messageOf(batch, i)).toString())
    expect(texts).toEqual(['one', '', '', 'four'])
    expect([0, 1, 3].map(batch.origin)).toEqual(['events[3]@7', 'events[3]@9', 'events[3]@11'])
    expect([...batch.setAside.keys()]).toEqual([1])
  })

  test('when they are many or large, then they are split into chunks, in their order, without loss', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => message(i, Buffer.alloc(10)))
    expect(chunksOf(many).map(({ length }) => length)).toEqual([8_192, 8_192, 3_616])
    const large = Array.from({ length: 5 }, (_, i) => message(i, Buffer.alloc(2500 * 1024)))
    expect(chunksOf(large).map(({ length }) => length)).toEqual([1, 1, 1, 1, 1])
    expect(chunksOf(many).flat()).toEqual(many)
    expect(chunksOf([])).toEqual([])
  })
})
