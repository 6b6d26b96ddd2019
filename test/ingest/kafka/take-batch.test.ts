import type { EachBatchPayload, KafkaMessage, Producer } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import type { EventType } from '../../../src/domain/event.ts'
import { VOCABULARY } from '../../../src/domain/vocabulary.ts'
import { directDecoder } from '../../../src/ingest/accept/decoder.ts'
import { accountsPublisher } from '../../../src/ingest/account-feed/publish.ts'
import type { AfterChunk } from '../../../src/ingest/kafka/after-chunk.ts'
import { batchHandler } from '../../../src/ingest/kafka/take-batch.ts'
import { appendEvents } from '../../../src/ingest/pipeline/append-events.ts'
import { openIngestor } from '../../../src/ingest/pipeline/ingestor.ts'
import type { LedgerError } from '../../../src/ledger/port.ts'
import { incoming } from '../../domain/samples.ts'
import { newer, unwrap } from '../../ledger/events.ts'
import { type Stores, withStores } from './consuming.ts'

const bad = (offset: number): KafkaMessage => ({
  key: null,
  value: Buffer.from(`bad ${offset}`),
  headers: {},
  offset: String(offset),
  timestamp: '0',
  attributes: 0,
})

/** An event that happened when the test's clock stands. */
const good = (offset: number, type: EventType, subject: string): KafkaMessage => {
  const event = { ...incoming(type), id: `e${offset}`, subject, time: '1970-01-01T00:00:00Z' }
  return { ...bad(offset), value: Buffer.from(JSON.stringify(event)) }
}

type Faults = {
  readonly send?: () => Promise<void>
  readonly afterChunk?: AfterChunk
  readonly commit?: () => Promise<void>
  readonly isRunning?: () => boolean
}

/** Runs a batch of messages through the handler, with the parts of kafkajs it uses; gives what was done, in order. */
const handled = async (
  { ledger, expectedKeys, letters }: Stores,
  messages: ReadonlyArray<KafkaMessage>,
  { send = async () => {}, afterChunk, commit = async () => {}, isRunning = () => true }: Faults = {},
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
    topicId: null,
    settled: async () => {},
    ledger,
    ingestor: openIngestor({
      ledger,
      expectedKeys,
      letters,
      decoder: directDecoder(),
      clock: () => 0,
      trust: 'all',
    }),
    // Casts: of kafkajs's types only what the handler uses is there.
    producer: producer as unknown as Producer,
    fail: () => done.push('failed'),
    advance: (_, next) => done.push(`advanced to ${next}`),
    onDurable: ({ refused }) => done.push(`durable ${refused.length}`),
    ...(afterChunk === undefined
      ? {}
      : {
          afterChunk: async (accounts) => {
            done.push(`after ${[...accounts]}`)
            return afterChunk(accounts)
          },
        }),
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
  test('then they are kept first, then forwarded, and only then is the offset resolved and committed', () =>
    withStores(async (stores) => {
      const { done, outcome } = await handled(stores, [bad(3), bad(4)])
      expect(outcome).toBe('done')
      expect(done).toEqual(['durable 2', 'sent 2, kept 2', 'committed 5', 'resolved 4', 'advanced to 5'])
    }))

  test('when they cannot be forwarded, then no offset is resolved or committed: they are read again', () =>
    withStores(async (stores) => {
      const send = () => Promise.reject(new Error('no broker'))
      const { done, outcome } = await handled(stores, [bad(3)], { send })
      expect(outcome).toBe('thrown')
      expect(done).toEqual(['durable 1'])
    }))

  test('when the offset cannot be committed, then it is not resolved either: the messages are read again', () =>
    withStores(async (stores) => {
      const commit = () => Promise.reject(new Error('the coordinator moved'))
      const { done, outcome } = await handled(stores, [bad(3)], { commit })
      expect(outcome).toBe('thrown')
      expect(done).toEqual(['durable 1', 'sent 1, kept 1'])
    }))

  test('when the consumer must stop, then work in progress is finished and no more is started', () =>
    withStores(async (stores) => {
      let calls = 0
      const messages = Array.from({ length: 20_000 }, (_, i) => bad(i))
      const { done } = await handled(stores, messages, { isRunning: () => calls++ < 2 })
      expect(done.filter((one) => one.startsWith('committed'))).toEqual(['committed 8192', 'committed 16384'])
    }))
})

describe('given work to do after each chunk', () => {
  const messages = [
    good(3, 'flag.dismissed.v1', 'u2'),
    good(4, 'flag.dismissed.v1', 'u1'),
    good(5, 'flag.dismissed.v1', 'u2'),
    good(6, 'content.evaluated.v1', 'u3'),
    bad(7),
  ]

  test('then it is done for each account of the batch, once, after everything is on disk and before the offset is committed', () =>
    withStores(async (stores) => {
      const { done } = await handled(stores, messages, { afterChunk: async () => E.right(undefined) })
      expect(done).toEqual([
        ...['durable 1', 'sent 1, kept 1', 'after u2,u1'],
        ...['committed 8', 'resolved 7', 'advanced to 8'],
      ])
    }))

  test('when it fails, then no offset is committed, and it is done when the messages are read again', () =>
    withStores(async (stores) => {
      const afterChunk = () => Promise.reject(new Error('no broker'))
      const first = await handled(stores, messages, { afterChunk })
      expect(first.outcome).toBe('thrown')
      expect(first.done).toEqual(['durable 1', 'sent 1, kept 1', 'after u2,u1'])
      const { done } = await handled(stores, messages, { afterChunk: async () => E.right(undefined) })
      expect(done).toContain('after u2,u1')
      expect(done).toContain('committed 8')
    }))

  test('when a newer Redress has raised the vocabulary and written to one of them, then reading stops with that error', () =>
    withStores(async (stores) => {
      unwrap(await appendEvents(stores.ledger, [newer('e9', VOCABULARY + 1, 'u1')]))
      const publisher = accountsPublisher(stores.ledger, async () => {})
      let error: LedgerError | null = null
      const afterChunk: AfterChunk = async (accounts) => {
        const published = await publisher(accounts)
        if (E.isLeft(published)) error = published.left
        return E.map(() => undefined)(published)
      }
      const { done } = await handled(stores, messages, { afterChunk })
      expect(done).toEqual(['durable 1', 'sent 1, kept 1', 'after u2,u1', 'failed'])
      expect(error).toMatchObject({
        kind: 'unusable',
        message: expect.stringContaining(`version ${VOCABULARY + 1}`),
      })
    }))

  test('when the ledger cannot be read, then reading stops, and no offset is committed', () =>
    withStores(async (stores) => {
      const afterChunk: AfterChunk = async () => E.left({ kind: 'corrupt', message: 'torn' })
      const { done, outcome } = await handled(stores, messages, { afterChunk })
      expect(outcome).toBe('done')
      expect(done).toEqual(['durable 1', 'sent 1, kept 1', 'after u2,u1', 'failed'])
    }))
})
