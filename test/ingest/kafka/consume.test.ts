import { hash } from 'node:crypto'
import { cpSync, rmSync } from 'node:fs'
import type { Message } from 'kafkajs'
import { expect, test } from 'vitest'
import * as E from '#fp/Either'
import type { Ingestor } from '../../../src/ingest/pipeline/ingestor.ts'
import { openLedger } from '../../../src/ledger/open.ts'
import { mixed } from '../../../src/simulation/scenarios/mixed.ts'
import { simulate } from '../../../src/simulation/simulate.ts'
import { clientOf } from '../../infra/kafka/client.ts'
import { describeWithKafka } from '../../infra/kafka/kafka.ts'
import { unwrap } from '../../ledger/events.ts'
import { type Consumed, consumed, errorOf, identitiesIn, identityOf, withStores } from './consuming.ts'
import { binary, messagesIn, newTopic, publish, structured } from './topics.ts'

const lines = [...simulate({ scenario: mixed, seed: 5, accounts: 200 }).lines()]
const identities = new Set(lines.map((line) => identityOf(JSON.parse(line))))
const sorted = (texts: Iterable<string>): ReadonlyArray<string> => [...texts].sort()
const counts = ({ accepted, duplicate, refused }: Consumed) => ({ accepted, duplicate, refused })
const flag = (id: string): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: '/test',
    type: 'flag.dismissed.v1',
    subject: 'u1',
    time: '2025-04-29T00:00:00Z',
    data: { flagId: 'f1', reviewer: { kind: 'human', id: 'r1' } },
  })
const withAdmin = async <A>(
  brokers: string,
  use: (admin: ReturnType<ReturnType<typeof clientOf>['admin']>) => Promise<A>,
) => {
  const admin = clientOf(brokers).admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}

describeWithKafka('given a topic that services publish to', (brokers) => {
  for (const [mode, message] of [
    ['structured', structured],
    ['binary', binary],
  ] as const) {
    test(`when it is consumed (${mode} mode), then each event is in the ledger once; consumed twice, all are duplicates`, () =>
      withStores(async (stores) => {
        const topic = await newTopic(brokers)
        await publish(brokers, topic, lines.map(message))
        const first = await consumed(stores, brokers, topic, { trust: 'all' })
        expect(counts(first)).toEqual({
          accepted: identities.size,
          duplicate: lines.length - identities.size,
          refused: 0,
        })
        expect(sorted(await identitiesIn(stores.ledger))).toEqual(sorted(identities))
        const again = await consumed(stores, brokers, topic, { trust: 'all', groupId: `${topic}-again` })
        expect(counts(again)).toEqual({ accepted: 0, duplicate: lines.length, refused: 0 })
        expect(counts(await consumed(stores, brokers, topic))).toEqual({
          accepted: 0,
          duplicate: 0,
          refused: 0,
        })
      }))
  }

  test('when one account’s events are on two partitions, some on both, then each is in its stream once', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 2)
      const messages = Array.from(
        { length: 600 },
        (_, i): Message => ({ ...structured(flag(`e${i}`)), partition: i % 2 }),
      )
      const onBoth = messages
        .slice(0, 100)
        .map((message, i): Message => ({ ...message, partition: (i + 1) % 2 }))
      await publish(brokers, topic, [...messages, ...onBoth])
      expect(counts(await consumed(stores, brokers, topic))).toEqual({
        accepted: 600,
        duplicate: 100,
        refused: 0,
      })
      const found = await identitiesIn(stores.ledger)
      expect(new Set(found).size).toBe(600)
      expect(found).toHaveLength(600)
    }))

  for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
    test(`when its messages are compressed (${codec}), then their events are ingested`, () =>
      withStores(async (stores) => {
        // The broker compresses what comes, as Java's producers do.
        const topic = await newTopic(brokers, 1, {}, [{ name: 'compression.type', value: codec }])
        await publish(brokers, topic, lines.slice(0, 300).map(structured))
        const so = await consumed(stores, brokers, topic, { trust: 'all' })
        expect(so.accepted + so.duplicate).toBe(300)
      }))
  }

  test('when two topics are read by one group, then it ends with an error, because neither would be read completely', () =>
    withStores(async (stores) => {
      const topics = [await newTopic(brokers, 2), await newTopic(brokers, 2)]
      const stop = new AbortController()
      const both = topics.map((topic) =>
        consumed(stores, brokers, topic, { groupId: topics[0] ?? '', untilEnd: false, stop: stop.signal }),
      )
      const first = await Promise.race(both)
      stop.abort()
      expect(errorOf(first)).toMatchObject({ kind: 'topic', message: expect.stringContaining('--group') })
      await Promise.all(both)
    }))

  test('when transactions were committed and aborted, then what was aborted is not ingested, and the end is reached', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      const producer = clientOf(brokers).producer({
        transactionalId: topic,
        maxInFlightRequests: 1,
        idempotent: true,
      })
      await producer.connect()
      for (const [id, end] of [
        ['kept', 'commit'],
        ['dropped', 'abort'],
      ] as const) {
        const transaction = await producer.transaction()
        await transaction.send({ topic, messages: [structured(flag(id))] })
        await transaction[end]()
      }
      await producer.disconnect()
      const so = await consumed(stores, brokers, topic)
      expect(counts(so)).toEqual({ accepted: 1, duplicate: 0, refused: 0 })
      expect(so.losses).toEqual([])
      expect(await identitiesIn(stores.ledger)).toEqual([identityOf(JSON.parse(flag('kept')))])
    }))
})

describeWithKafka('given valid messages and some that cannot be ingested', (brokers) => {
  const publication = (source: string): string =>
    JSON.stringify({
      ...JSON.parse(flag('r1')),
      type: 'ruleset.published.v1',
      source,
      subject: 'rules',
      data: {
        ruleset: { id: 'rules', version: source.slice(1) },
        effectiveFrom: '2025-04-01T00:00:00Z',
        document: { ruleset: 'rules', version: source.slice(1), rules: [] },
      },
    })
  const rescoring = (source: string): string =>
    JSON.stringify({
      ...JSON.parse(flag('r2')),
      type: 'flag.rescored.v1',
      source,
      data: {
        flagId: 'f1',
        detector: { kind: 'model', id: 'scanner', version: '4.3.2' },
        signals: { adult_score: 0.02 },
      },
    })
  const bad: ReadonlyArray<readonly [string, Message, string, string]> = [
    ['no JSON', { value: '{"a":' }, 'not_json', ''],
    ['broken UTF-8', { value: Buffer.from([0x22, 0xff, 0x22]) }, 'not_utf8', ''],
    ['nothing', { key: 'u1', value: null }, 'not_json', ''],
    ['an unknown type', structured(flag('x').replace('dismissed', 'lowered')), 'invalid', 'type'],
    [
      'a type of Redress\u2019s own',
      structured(flag('x').replace('flag.dismissed', 'replay.completed')),
      'invalid',
      'type',
    ],
    ['a ruleset of a stranger', structured(publication('/stranger')), 'untrusted', 'source'],
    ['a rescoring of a stranger', structured(rescoring('/policy')), 'untrusted', 'source'],
    [
      'binary mode without an id',
      { ...binary(flag('x')), headers: { ce_specversion: '1.0' } },
      'invalid',
      'type',
    ],
    ['data that is no JSON', { ...binary(flag('x')), value: 'hello' }, 'not_json', 'data'],
    [
      'another format',
      { value: 'x', headers: { 'content-type': 'application/cloudevents+avro' } },
      'invalid',
      'content-type',
    ],
    [
      'headers named like methods',
      { value: 'y', headers: { toString: 'a', __proto__x: 'b', hasOwnProperty: 'c' } },
      'not_json',
      '',
    ],
    [
      'twenty thousand headers',
      { value: 'z', headers: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`h${i}`, ''])) },
      'invalid',
      'headers',
    ],
    ['a header under our name', { value: 'w', headers: { 'redress-truncated': 'true' } }, 'not_json', ''],
    ['a message that is too long', { value: Buffer.alloc(5 * 1024 * 1024, 'x') }, 'too_long', ''],
  ]

  test('then the valid ones are in the ledger, and each bad one is kept, and forwarded with its reason and origin', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 2)
      const messages = bad.flatMap(([, message], i) => [
        structured(flag(`good${i}`)),
        { ...message, partition: i % 2 },
      ])
      await publish(brokers, topic, [
        ...messages,
        structured(publication('/policy')),
        structured(rescoring('/scanner')),
      ])
      const so = await consumed(stores, brokers, topic, {
        trust: [
          { type: 'ruleset.published.v1', source: '/policy' },
          { type: 'flag.rescored.v1', source: '/scanner' },
        ],
      })
      expect(counts(so)).toEqual({ accepted: bad.length + 2, duplicate: 0, refused: bad.length })

      const kept = unwrap(stores.letters.list({}))
      expect(sorted(kept.map(({ code, path }) => `${code} ${path}`))).toEqual(
        sorted(bad.map(([, , code, path]) => `${code} ${path}`)),
      )
      const sent = await messagesIn(brokers, `${topic}.dead-letters`)
      const header = (message: (typeof sent)[number], name: string) => message.headers?.[name]?.toString()
      expect(sorted(sent.map(({ key }) => String(key)))).toEqual(sorted(kept.map(({ hash }) => hash)))
      for (const letter of kept) {
        const message = sent.find(({ key }) => String(key) === letter.hash)
        if (message === undefined) throw new Error('not sent')
        expect(header(message, 'redress-reason')).toBe(letter.code)
        expect(header(message, 'redress-field')).toBe(letter.path)
        expect(header(message, 'redress-message')).toBe(letter.message)
        expect(header(message, 'redress-origin')).toBe(letter.lastOrigin)
        const [, partition, offset] = /\[(\d+)\]@(\d+)$/.exec(letter.lastOrigin) ?? []
        expect(header(message, 'redress-topic')).toBe(topic)
        expect(header(message, 'redress-partition')).toBe(partition)
        expect(header(message, 'redress-offset')).toBe(offset)
      }
      const ofData = sent.find((message) => header(message, 'redress-field') === 'data')
      expect(JSON.parse(String(ofData?.value))).toMatchObject({ id: 'x', type: 'flag.dismissed.v1' })
      expect(String(ofData?.value)).not.toContain('hello')
      expect(header(ofData ?? Object(), 'ce_id')).toBe('x')
      const ofNoJson = sent.find(
        (one) => header(one, 'redress-reason') === 'not_json' && header(one, 'redress-field') !== 'data',
      )
      expect(ofNoJson?.value).toHaveLength(0)
    }))

  test('when a header is too large for the dead-letter topic, then the message is forwarded without its headers', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      await publish(brokers, topic, [
        { value: 'bad', headers: { 'redress-x': 'x', note: 'x'.repeat(1_000_000) } },
      ])
      await withAdmin(brokers, (admin) =>
        admin.createTopics({
          topics: [
            {
              topic: `${topic}.dead-letters`,
              numPartitions: 1,
              configEntries: [{ name: 'max.message.bytes', value: '200000' }],
            },
          ],
        }),
      )
      expect(counts(await consumed(stores, brokers, topic))).toEqual({
        accepted: 0,
        duplicate: 0,
        refused: 1,
      })
      const [sent] = await messagesIn(brokers, `${topic}.dead-letters`)
      expect(sent?.headers?.['redress-reason']?.toString()).toBe('not_json')
      expect(sent?.headers).not.toHaveProperty('redress-x')
      expect(sent?.headers).not.toHaveProperty('note')
    }))

  test('when a message is too large for the dead-letter topic, then its beginning is forwarded', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      await withAdmin(brokers, (admin) =>
        admin.createTopics({
          topics: [
            {
              topic: `${topic}.dead-letters`,
              numPartitions: 1,
              configEntries: [{ name: 'max.message.bytes', value: '200000' }],
            },
          ],
        }),
      )
      const large = publication('/stranger').replace(
        '"rules":[]',
        `"rules":[],"note":"${'y'.repeat(300_000)}"`,
      )
      await publish(brokers, topic, [{ value: 'small' }, structured(large), structured(flag('good'))])
      expect(counts(await consumed(stores, brokers, topic))).toEqual({
        accepted: 1,
        duplicate: 0,
        refused: 2,
      })
      const sent = await messagesIn(brokers, `${topic}.dead-letters`)
      const byKey = new Map(sent.map((message) => [String(message.key), message]))
      const [small] = unwrap(stores.letters.find(hash('sha256', 'small')))
      expect(byKey.get(small?.hash ?? '')?.value).toHaveLength(0)
      const [letter] = unwrap(stores.letters.find(hash('sha256', large)))
      const cut = byKey.get(letter?.hash ?? '')
      expect(cut?.value?.length).toBe(65_536)
      expect(cut?.headers?.['redress-truncated']?.toString()).toBe('true')
      expect(letter).toMatchObject({ truncated: false, length: large.length })
    }))
})

describeWithKafka('given a consumer that cannot continue', (brokers) => {
  test('when kafkajs gives up, then it ends with the reason instead of hanging', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      await publish(brokers, topic, [structured(flag('e1'))])
      const broken: Ingestor = {
        take: () => Promise.reject(new TypeError('a mistake of our own')),
      }
      expect(errorOf(await consumed(stores, brokers, topic, { ingestor: broken }))).toEqual({
        kind: 'crashed',
        message: 'a mistake of our own',
      })
    }))

  test('when the ledger cannot be written, then it ends, and what was not written is read again', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      await publish(brokers, topic, [structured(flag('e1'))])
      const full: Ingestor = {
        take: async () =>
          E.left({ kind: 'ledger', error: { kind: 'unavailable', message: 'the disk is full' } }),
      }
      expect(errorOf(await consumed(stores, brokers, topic, { ingestor: full }))).toMatchObject({
        kind: 'ledger',
        error: { message: 'the disk is full' },
      })
      expect(counts(await consumed(stores, brokers, topic))).toEqual({
        accepted: 1,
        duplicate: 0,
        refused: 0,
      })
    }))

  test('when there is no such topic, or no broker, then it soon reports that', () =>
    withStores(async (stores) => {
      expect(errorOf(await consumed(stores, brokers, 'nobody-made-this'))).toMatchObject({ kind: 'topic' })
      expect(errorOf(await consumed(stores, '127.0.0.1:1', 'events'))).toMatchObject({
        kind: 'unreachable',
        message: expect.stringContaining('127.0.0.1:1'),
      })
    }))
})

describeWithKafka('given a group whose offsets were committed for another state of the ledger', (brokers) => {
  test('when the ledger is an older backup, then it is refused; from the start, nothing is missing or duplicated', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      await publish(brokers, topic, [structured(flag('e1'))])
      await consumed(stores, brokers, topic)
      const backup = `${stores.dir}-backup`
      cpSync(stores.dir, backup, { recursive: true })
      await publish(brokers, topic, [structured(flag('e2')), structured(flag('e3'))])
      await consumed(stores, brokers, topic)

      const { ledger, close } = unwrap(await openLedger(backup))
      const restored = { ...stores, ledger }
      expect(errorOf(await consumed(restored, brokers, topic))).toMatchObject({
        kind: 'other_ledger',
        message: expect.stringContaining('--from-start'),
      })
      const again = await consumed(restored, brokers, topic, { fromStart: true })
      expect(counts(again)).toEqual({ accepted: 2, duplicate: 1, refused: 0 })
      expect(sorted(await identitiesIn(ledger))).toEqual(sorted(await identitiesIn(stores.ledger)))
      await close()
      rmSync(backup, { recursive: true })
    }))

  test('when Kafka has deleted messages before they were read, then they are reported', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      await publish(brokers, topic, [structured(flag('e1'))])
      await consumed(stores, brokers, topic)
      await publish(
        brokers,
        topic,
        ['e2', 'e3', 'e4'].map((id) => structured(flag(id))),
      )
      await withAdmin(brokers, async (admin) => {
        await admin.fetchTopicOffsets(topic) // kafkajs deletes nothing of a topic that it has not looked at
        await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] })
      })
      const so = await consumed(stores, brokers, topic)
      expect(counts(so)).toEqual({ accepted: 1, duplicate: 0, refused: 0 })
      expect(so.remarks.join('\n')).toContain(`offsets 1 to 2 of ${topic}[0]`)
    }))
})
