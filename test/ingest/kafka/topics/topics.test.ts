import type { Kafka } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { isRetriable } from '../../../../src/ingest/kafka/errors.ts'
import type { TopicMetadata } from '../../../../src/ingest/kafka/topics/metadata-v10.ts'
import { isSameTopic, openTopics, type Topics } from '../../../../src/ingest/kafka/topics/topics.ts'

const known = (topicId: string | null, leaders: ReadonlyArray<number> = []): TopicMetadata => ({
  errorCode: 0,
  name: 'events',
  topicId,
  leaders,
})
const absent: TopicMetadata = { ...known(null), errorCode: 3 }

/** Brokers as kafkajs has them; the first is the one that is asked first. */
const brokersThat = (...answers: ReadonlyArray<TopicMetadata>): Topics => openTopics(kafkaWith(13, answers))

const kafkaWith = (maxVersion: number, answers: ReadonlyArray<TopicMetadata>): Kafka => {
  const brokers = answers.map((answer) => ({
    versions: { 3: { minVersion: 0, maxVersion } },
    connectionPool: { send: async () => ({ topics: [answer] }) },
    metadata: async () => {
      if (answer.errorCode !== 0) throw Object.assign(new Error('none'), { code: answer.errorCode })
      return {}
    },
  }))
  const cluster = {
    connect: async () => {},
    disconnect: async () => {},
    refreshMetadataIfNecessary: async () => {},
    findBroker: async ({ nodeId }: { readonly nodeId: number }) => brokers[nodeId],
    brokerPool: { findConnectedBroker: async () => brokers[0] },
  }
  // Cast: the one part of kafkajs's client that is used.
  return { [Symbol('private:Kafka:createCluster')]: () => cluster } as unknown as Kafka
}

describe('given brokers that are asked about a topic', () => {
  test('then they return its id, or that there is none', async () => {
    expect(await brokersThat(known('a', [0, 1]), known('a')).find('events')).toEqual({ id: 'a' })
    expect(await brokersThat(absent).find('events')).toBeNull()
    expect(await brokersThat({ ...known('a'), name: 'other' }).find('events')).toBeNull()
  })

  for (const [what, other] of [
    ['another topic of that name', known('b')],
    ['none', absent],
  ] as const) {
    test(`when a leader of it still knows ${what}, then that is temporary, and not an answer yet`, async () => {
      const error: unknown = await brokersThat(known('a', [0, 1]), other)
        .find('events')
        .catch((cause: unknown) => cause)
      expect(error).toBeInstanceOf(Error)
      expect(isRetriable(error)).toBe(true)
    })
  }

  test('when they are too old for ids, then they return at least whether it exists', async () => {
    expect(await openTopics(kafkaWith(9, [known('a')])).find('events')).toEqual({ id: null })
    expect(await openTopics(kafkaWith(9, [absent])).find('events')).toBeNull()
  })

  test('when an error is not an answer, then it rejects with it', async () => {
    await expect(brokersThat({ ...absent, errorCode: 29 }).find('events')).rejects.toThrow('Not authorized')
  })
})

test('two ids are of one topic unless both are known and differ', () => {
  expect([
    isSameTopic('a', 'a'),
    isSameTopic('a', null),
    isSameTopic(null, 'a'),
    isSameTopic('a', 'b'),
  ]).toEqual([true, true, true, false])
})
