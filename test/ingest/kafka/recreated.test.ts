import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import * as E from '#fp/Either'
import { topicIdIn } from '../../../src/ingest/kafka/offsets/ledger-fingerprint.ts'
import { openTopics } from '../../../src/ingest/kafka/topics/topics.ts'
import { clientOf } from '../../infra/kafka/client.ts'
import { describeWithKafka } from '../../infra/kafka/kafka.ts'
import { type Consumed, consumed, errorOf, identitiesIn, type Stores, withStores } from './consuming.ts'
import { newTopic, publish, structured } from './topics.ts'

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
const names = (prefix: string, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`)

const withAdmin = async <A>(
  brokers: string,
  use: (admin: ReturnType<ReturnType<typeof clientOf>['admin']>) => Promise<A>,
): Promise<A> => {
  const admin = clientOf(brokers).admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}
const publishTo = (
  brokers: string,
  topic: string,
  ids: ReadonlyArray<string>,
  partitionOf = (_: number): number => 0,
): Promise<void> =>
  publish(
    brokers,
    topic,
    ids.map((id, i) => ({ ...structured(flag(id)), partition: partitionOf(i) })),
  )
const remove = (brokers: string, topic: string): Promise<void> =>
  withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [topic] }))
/** Deleting takes the broker a moment; nobody else reads the topic. */
const create = (brokers: string, topic: string, numPartitions: number): Promise<void> =>
  withAdmin(brokers, async (admin) => {
    while (!(await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: false })))
      await setTimeout(20)
  })
const recreate = async (brokers: string, topic: string, numPartitions = 1): Promise<void> => {
  await remove(brokers, topic)
  await create(brokers, topic, numPartitions)
}
const idsIn = async ({ ledger }: Stores): Promise<ReadonlyArray<string>> =>
  (await identitiesIn(ledger)).map((identity) => JSON.parse(identity)[2]).sort()
const committedIn = (brokers: string, topic: string) =>
  withAdmin(brokers, async (admin) => {
    const [of] = await admin.fetchOffsets({ groupId: topic, topics: [topic] })
    return of?.partitions ?? []
  })
/** Commits an offset for the group. */
const commit = (brokers: string, topic: string, offset: string, metadata: string): Promise<void> =>
  withAdmin(brokers, async () => {
    const consumer = clientOf(brokers).consumer({ groupId: topic })
    await consumer.connect()
    await consumer.subscribe({ topic })
    const joined = new Promise<void>((resolve) =>
      consumer.on(consumer.events.GROUP_JOIN, () => {
        consumer.pause([{ topic }]) // or kafkajs itself puts an offset right that is beyond the end
        resolve()
      }),
    )
    await consumer.run({ autoCommit: false, eachBatch: async () => {} })
    await joined
    await consumer.commitOffsets([{ topic, partition: 0, offset, metadata }])
    await consumer.disconnect()
  })

/** Follows a topic until something is done. */
const following = async (
  stores: Stores,
  brokers: string,
  topic: string,
  act: () => Promise<void>,
): Promise<Consumed> => {
  const stop = new AbortController()
  const consuming = consumed(stores, brokers, topic, { untilEnd: false, stop: stop.signal })
  await Promise.race([act(), consuming])
  stop.abort()
  return consuming
}
const untilThere = async (stores: Stores, ids: ReadonlyArray<string>): Promise<void> => {
  for (;;) {
    const found = new Set(await idsIn(stores))
    if (ids.every((id) => found.has(id))) return
    await setTimeout(100)
  }
}
const idOf = async (brokers: string, topic: string): Promise<string> => {
  const topics = openTopics(clientOf(brokers))
  const found = await topics.find(topic)
  await topics.close()
  if (found === null || found.id === null) throw new Error(`no id of ${topic}`)
  return found.id
}
const RECREATED = 'was deleted and created again'

describeWithKafka('given a topic that is deleted and recreated while it is followed', (brokers) => {
  for (const [how, partitions] of [
    ['as many', 1],
    ['more', 4],
  ] as const) {
    test(`when it has ${how} partitions and is longer than the old one, then all of it arrives, and that is reported`, () =>
      withStores(async (stores) => {
        const topic = await newTopic(brokers, 1)
        const [first, second] = [names('old', 3), names('new', 5)]
        await publishTo(brokers, topic, first)
        const so = await following(stores, brokers, topic, async () => {
          await untilThere(stores, first)
          await recreate(brokers, topic, partitions)
          await publishTo(brokers, topic, second, (i) => i % partitions)
          await untilThere(stores, second)
        })
        expect(so.result()).toEqual(E.right(undefined))
        expect(await idsIn(stores)).toEqual([...first, ...second].sort())
        expect(so.remarks.filter((remark) => remark.includes(RECREATED))).toHaveLength(1)
        expect(so.losses).toHaveLength(1)
      }))
  }

  test('when it has fewer partitions, then all of it arrives', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 4)
      const [first, second] = [names('old', 12), names('new', 5)]
      await publishTo(brokers, topic, first, (i) => i % 4)
      const so = await following(stores, brokers, topic, async () => {
        await untilThere(stores, first)
        await recreate(brokers, topic, 1)
        await publishTo(brokers, topic, second)
        await untilThere(stores, second)
      })
      expect(so.result()).toEqual(E.right(undefined))
      expect(await idsIn(stores)).toEqual([...first, ...second].sort())
    }))

  test('when it is recreated only later, then it is waited for', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      await publishTo(brokers, topic, ['old'])
      const so = await following(stores, brokers, topic, async () => {
        await untilThere(stores, ['old'])
        await remove(brokers, topic)
        await setTimeout(6_000)
        await create(brokers, topic, 1)
        await publishTo(brokers, topic, ['new0', 'new1'])
        await untilThere(stores, ['new0', 'new1'])
      })
      expect(so.result()).toEqual(E.right(undefined))
      expect(so.losses).toEqual([expect.stringContaining(RECREATED)])
      expect(so.troubles.filter((told) => told.includes('was deleted'))).toHaveLength(1)
    }))

  test('when it is recreated repeatedly under two consumers of a group, then nothing of the last one is missing', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 2)
      await publishTo(brokers, topic, names('old', 6), (i) => i % 2)
      const last = names('last', 9)
      const stop = new AbortController()
      const other = consumed(stores, brokers, topic, { untilEnd: false, stop: stop.signal })
      await following(stores, brokers, topic, async () => {
        await untilThere(stores, names('old', 6))
        for (const round of [1, 2]) {
          await recreate(brokers, topic, 2)
          await publishTo(brokers, topic, names(`round${round}-`, 8), (i) => i % 2)
          await setTimeout(1_000)
        }
        await recreate(brokers, topic, 2)
        await publishTo(brokers, topic, last, (i) => i % 2)
        await untilThere(stores, last)
      })
      stop.abort()
      await other
      const id = await idOf(brokers, topic)
      await consumed(stores, brokers, topic)
      for (const { metadata } of await committedIn(brokers, topic)) expect(topicIdIn(metadata ?? '')).toBe(id)
    }))
})

describeWithKafka('given a topic that was deleted and recreated since its group read it', (brokers) => {
  /** Three messages are consumed; then the topic is another one, with other messages. */
  const readAndRecreated = async (stores: Stores, messages: number) => {
    const topic = await newTopic(brokers, 1)
    await publishTo(brokers, topic, names('old', 3))
    await consumed(stores, brokers, topic)
    const [committed] = await committedIn(brokers, topic)
    expect(committed).toMatchObject({ offset: '3' })
    const metadata = committed?.metadata ?? ''
    expect(topicIdIn(metadata)).toBe(await idOf(brokers, topic))
    await recreate(brokers, topic)
    await publishTo(brokers, topic, names('new', messages))
    return { topic, metadata }
  }

  for (const messages of [2, 3, 5]) {
    test(`when the group's offset of three still exists and it has ${messages} messages, then all of them arrive`, () =>
      withStores(async (stores) => {
        const { topic, metadata } = await readAndRecreated(stores, messages)
        // Brokers forget the offsets of a topic with it; a consumer that has not noticed commits them again.
        await commit(brokers, topic, '3', metadata)
        const so = await consumed(stores, brokers, topic)
        expect(so.result()).toEqual(E.right(undefined))
        expect(so).toMatchObject({ accepted: messages, duplicate: 0, refused: 0 })
        expect(so.losses).toEqual([expect.stringContaining(RECREATED)])
        const again = await consumed(stores, brokers, topic)
        expect(again).toMatchObject({ accepted: 0, duplicate: 0, losses: [] })
      }))
  }

  test('when the group’s offset is deleted with it, then all of its messages arrive', () =>
    withStores(async (stores) => {
      const { topic } = await readAndRecreated(stores, 5)
      expect(await consumed(stores, brokers, topic)).toMatchObject({ accepted: 5, duplicate: 0 })
    }))

  test('when the offset is of an earlier version, without an id, and beyond the end, then all of its messages arrive', () =>
    withStores(async (stores) => {
      const { topic } = await readAndRecreated(stores, 2)
      await commit(brokers, topic, '3', '')
      const so = await consumed(stores, brokers, topic)
      expect(so).toMatchObject({ accepted: 2, duplicate: 0 })
      expect(so.losses).toEqual([expect.stringContaining('ends at offset 2, but was read up to offset 3')])
    }))
})

describeWithKafka('given a topic that was not recreated', (brokers) => {
  test('when the offset is of an earlier version, without an id, then reading resumes there, and the id is stored', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      await publishTo(brokers, topic, names('e', 3))
      await consumed(stores, brokers, topic)
      await commit(brokers, topic, '2', '')
      await publishTo(brokers, topic, ['e3'])
      const so = await consumed(stores, brokers, topic)
      expect(so).toMatchObject({ accepted: 1, duplicate: 1, losses: [] })
      const [committed] = await committedIn(brokers, topic)
      expect(topicIdIn(committed?.metadata ?? '')).toBe(await idOf(brokers, topic))
    }))

  test('when it is deleted while it is read to its end, then that is reported', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 2)
      await publishTo(brokers, topic, names('e', 4), (i) => i % 2)
      let deleting: Promise<void> | undefined
      const so = await consumed(stores, brokers, topic, {
        onDurable: () => {
          deleting ??= remove(brokers, topic)
        },
      })
      await deleting
      // Or it was read whole before the broker had deleted it.
      const result = so.result()
      if (result !== undefined && E.isLeft(result)) {
        expect(errorOf(so)).toMatchObject({ kind: 'topic', message: expect.stringContaining('was deleted') })
      } else expect(so.accepted).toBe(4)
    }))
})
