import { Buffer } from 'node:buffer'
import { Readable } from 'node:stream'
import type { IHeaders, KafkaMessage } from 'kafkajs'
import { describe, expect, test, vi } from 'vitest'
import { decodeIncoming, decodeStored } from '../../src/domain/decode.ts'
import { eventTypes, isPublishedType, ownEventTypes } from '../../src/domain/event.ts'
import { directDecoder } from '../../src/ingest/accept/decoder.ts'
import { resubmit } from '../../src/ingest/dead-letters/resubmit.ts'
import { refusedMessage } from '../../src/ingest/kafka/messages/dead-letter-topic.ts'
import { packMessages } from '../../src/ingest/kafka/messages/pack.ts'
import { readNdjson } from '../../src/ingest/ndjson/read.ts'
import { openIngestor } from '../../src/ingest/pipeline/ingestor.ts'
import { all } from '../ledger/contract.ts'
import { unwrap } from '../ledger/events.ts'
import { type Stores, withStores } from './kafka/consuming.ts'

const { built } = vi.hoisted(() => ({ built: 'test.built.v1' }))

// A type of our own that has its `data`, as each will have once it is built.
vi.mock('../../src/domain/events/index.ts', async (original) => {
  const { definitions } = await original<typeof import('../../src/domain/events/index.ts')>()
  const { closed } = await import('../../src/domain/codec.ts')
  const { defineEvent } = await import('../../src/domain/definition/event-definition.ts')
  const { Id } = await import('../../src/domain/ids.ts')
  const definition = defineEvent({
    type: built,
    since: 1,
    says: 'An incident was opened.',
    fields: {},
    incoming: null,
    stored: closed('test.built', { incidentId: Id }),
    rank: 13,
    stream: 'account',
    onlyInforms: true,
    names: null,
    columns: {},
    story: ({ data }) => ({ headline: `incident ${data.incidentId}`, details: [] }),
    sample: { incidentId: 'i1' },
  })
  return { definitions: [...definitions, definition] }
})

const ownEvent = (type: string) => ({
  specversion: '1.0',
  id: 'e1',
  source: '/somebody',
  type,
  subject: 'u1',
  time: '1970-01-01T00:00:00Z',
  data: { incidentId: 'i1' },
})

const refusal = (type: string) => ({
  code: 'invalid',
  path: 'type',
  message: `only Redress itself records ${type}; expected a type that services publish`,
})

test('given a defined type of our own, when it is stored, then it is read; from outside it is not', () => {
  expect(unwrap(decodeStored({ ...ownEvent(built), recordedat: '2026-01-01T00:00:00.000Z' })).type).toBe(
    built,
  )
  expect(decodeIncoming(ownEvent(built))).toMatchObject({ left: [{ path: 'type' }] })
})

const defined = eventTypes.filter((type) => !isPublishedType(type))

describe.each([built, ...defined, ...ownEventTypes])('given an event of the type %s from outside', (type) => {
  const bytes = Buffer.from(JSON.stringify(ownEvent(type)))
  const ingestorOf = (stores: Stores) =>
    openIngestor({ ...stores, decoder: directDecoder(), clock: () => 0, trust: 'all' })
  const message = (value: Buffer, headers: IHeaders): KafkaMessage => ({
    key: null,
    value,
    headers,
    offset: '7',
    timestamp: '0',
    attributes: 0,
  })
  const isRefused = async (stores: Stores, refused: ReadonlyArray<{ readonly rejection: unknown }>) => {
    expect(refused.map(({ rejection }) => rejection)).toEqual([refusal(type)])
    expect(unwrap(stores.letters.count({}))).toBe(1)
    expect(await all(stores.ledger.readAll(null))).toEqual([])
  }

  test('when it is a line of a file, then it is a dead letter', () =>
    withStores(async (stores) => {
      const { signal } = new AbortController()
      for await (const batch of readNdjson(Readable.from([bytes]), 'test', signal)) {
        await isRefused(stores, unwrap(await ingestorOf(stores).take(unwrap(batch))).refused)
      }
    }))

  test.each<[string, KafkaMessage]>([
    ['structured mode', message(bytes, { 'content-type': 'application/cloudevents+json' })],
    ['structured mode without headers', message(bytes, {})],
    [
      'binary mode',
      message(
        Buffer.from(JSON.stringify(ownEvent(type).data)),
        Object.fromEntries(
          Object.entries(ownEvent(type)).flatMap(([name, value]) =>
            typeof value === 'string' ? [[`ce_${name}`, value]] : [],
          ),
        ),
      ),
    ],
  ])('when it comes through Kafka in %s, then it is a dead letter, here and in the topic', (_, one) =>
    withStores(async (stores) => {
      const { refused } = unwrap(await ingestorOf(stores).take(packMessages('events', 0, [one])))
      await isRefused(stores, refused)
      const [first] = refused
      if (first === undefined) throw new Error('nothing was refused')
      const sent = refusedMessage({ topic: 'events', partition: 0, message: one }, first)
      expect(JSON.parse(String(sent.value))).not.toHaveProperty('data')
    }),
  )

  test('when its dead letter is resubmitted, edited or not, then it remains one for the same reason', () =>
    withStores(async (stores) => {
      await ingestorOf(stores).take(packMessages('events', 0, [message(bytes, {})]))
      const hash = unwrap(stores.letters.list({}))[0]?.hash ?? ''
      for (const isEdited of [false, true]) {
        const retries = [{ hash, bytes, isEdited }]
        const outcomes = await resubmit(stores.ledger, stores.letters, retries, { now: 0, trust: 'all' })
        expect(unwrap(outcomes)).toEqual([{ hash, kind: 'refused', rejection: refusal(type) }])
      }
      expect(unwrap(stores.letters.list({}))).toMatchObject([refusal(type)])
      expect(await all(stores.ledger.readAll(null))).toEqual([])
    }))
})
