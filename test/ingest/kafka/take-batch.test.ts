import type { EachBatchPayload, KafkaMessage, Producer } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { directDecoder } from '../../../src/ingest/decoder.ts'
import { batchHandler } from '../../../src/ingest/kafka/take-batch.ts'
import { openIngestor } from '../../../src/ingest/pipeline.ts'
import { unwrap } from '../../ledger/events.ts'
import { type Stores, withStores } from './consuming.ts'

const bad = (offset: number): KafkaMessage => ({
  key: null,
  value: Buffer.from(`bad ${offset}`),
  headers: {},
  offset: String(offset),
  timestamp: '0',
  attributes: 0,
})

type Faults = {
  readonly send?: () => Promise<void>
  readonly commit?: () => Promise<void>
  readonly isRunning?: () => boolean
}

/** Runs a batch of messages through the handler, with the parts of kafkajs it uses; gives what was done, in order. */
const handled = async (
  { ledger, letters }: Stores,
  messages: ReadonlyArray<KafkaMessage>,
  { send = async () => {}, commit = async () => {}, isRunning = () => true }: Faults = {},
) => {
  const done: string[] = []
  const producer = {
    send: async (record: { readonly messages: ReadonlyArray<unknown> }) => {
      await send()
      done.push(`sent ${record.messages.length}, kept ${unwrap(letters.count({}))}`)
      return []
    },
  }
  const payload = {
    batch: { topic: 'events', partition: 0, messages, lastOffset: () => messages.at(-1)?.offset },
    resolveOffset: (offset: string) => done.push(`resolved ${offset}`),
    commitOffsetsIfNecessary: async (offsets: {
      readonly topics: ReadonlyArray<{ readonly partitions: ReadonlyArray<{ readonly offset: string }> }>
    }) => {
      await commit()
      done.push(`committed ${offsets.topics[0]?.partitions[0]?.offset}`)
    },
    heartbeat: async () => {},
    isRunning,
    isStale: () => false,
  }
  const handler = batchHandler({
    ledger,
    ingestor: openIngestor({ ledger, letters, decoder: directDecoder(), clock: () => 0, trust: 'all' }),
    // Casts: of kafkajs's types only what the handler uses is there.
    producer: producer as unknown as Producer,
    fail: () => done.push('failed'),
    advance: (_, next) => done.push(`advanced to ${next}`),
    onDurable: ({ refused }) => done.push(`durable ${refused.length}`),
  })
  const ended = await E.tryCatch(
    () => handler(payload as unknown as EachBatchPayload),
    (error) => error,
  )
  const outcome = E.isRight(ended)
    ? await ended.right.then(
        () => 'done',
        () => 'thrown',
      )
    : 'thrown'
  return { done, outcome }
}

describe('given a batch with bad messages', () => {
  test('then they are kept first, then sent on, and only then the offset is resolved and committed', () =>
    withStores(async (stores) => {
      const { done, outcome } = await handled(stores, [bad(3), bad(4)])
      expect(outcome).toBe('done')
      expect(done).toEqual(['durable 2', 'sent 2, kept 2', 'committed 5', 'resolved 4', 'advanced to 5'])
    }))

  test('when they can\u2019t be sent on, then no offset is resolved or committed: they come again', () =>
    withStores(async (stores) => {
      const send = () => Promise.reject(new Error('no broker'))
      const { done, outcome } = await handled(stores, [bad(3)], { send })
      expect(outcome).toBe('thrown')
      expect(done).toEqual(['durable 1'])
    }))

  test('when the offset can\u2019t be committed, then it is not resolved either: the messages come again', () =>
    withStores(async (stores) => {
      const commit = () => Promise.reject(new Error('the coordinator moved'))
      const { done, outcome } = await handled(stores, [bad(3)], { commit })
      expect(outcome).toBe('thrown')
      expect(done).toEqual(['durable 1', 'sent 1, kept 1'])
    }))

  test('when the consumer is to stop, then what is under way is brought to its end and no more is begun', () =>
    withStores(async (stores) => {
      let asked = 0
      const messages = Array.from({ length: 5_000 }, (_, i) => bad(i))
      const { done } = await handled(stores, messages, { isRunning: () => asked++ < 2 })
      expect(done.filter((one) => one.startsWith('committed'))).toEqual(['committed 2048', 'committed 4096'])
    }))
})
