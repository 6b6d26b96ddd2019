import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import * as E from '#fp/Either'
import { type KeyedMessage, sendAll } from '../../../src/ingest/kafka/send-all.ts'
import { describeWithKafka } from '../../infra/kafka/kafka.ts'
import { messagesIn, newTopic } from './topics.ts'

const message = (key: string, value: string): KeyedMessage => ({
  key,
  value: Buffer.from(value),
  headers: { 'content-type': 'application/json' },
})
const sent = async (brokers: string, name: string, messages: ReadonlyArray<KeyedMessage>) => {
  const progress: number[] = []
  const remarks: unknown[] = []
  const result = await sendAll(
    { brokers: [brokers], tls: null, sasl: null },
    { name, purpose: 'tests' },
    { messages, count: messages.length },
    { remark: (remark) => remarks.push(remark), onSent: (done) => progress.push(done) },
  )
  return { result, progress, remarks }
}

describeWithKafka('given messages for a topic', (brokers) => {
  test('when the topic is missing, then it is created, and has each of them once with its key and headers', async () => {
    const topic = `requests-${randomUUID()}`
    // More than fits into one group.
    const messages = Array.from({ length: 700 }, (_, i) =>
      message(`u${i % 50}`, `{"n":${i},"x":"${'x'.repeat(1_000)}"}`),
    )
    const { result, progress } = await sent(brokers, topic, messages)
    expect(result).toEqual(E.right({ sent: 700, failed: 0, why: null }))
    expect(progress.length).toBeGreaterThan(1)
    expect(progress.at(-1)).toBe(700)
    const found = await messagesIn(brokers, topic)
    expect(found.map(({ key, value }) => `${key} ${value}`).sort()).toEqual(
      messages.map(({ key, value }) => `${key} ${value}`).sort(),
    )
    expect(String(found[0]?.headers?.['content-type'])).toBe('application/json')
  })

  test('when some are too large for the topic, then the others are sent, and they are counted with the reason', async () => {
    const topic = await newTopic(brokers, 1, {}, [])
    const small = await limited(brokers)
    const messages = [message('a', 'x'), message('b', 'y'.repeat(3_000)), message('c', 'z')]
    const { result } = await sent(brokers, small, messages)
    expect(result).toEqual(
      E.right({ sent: 2, failed: 1, why: expect.stringContaining("raise the topic's max.message.bytes") }),
    )
    expect((await messagesIn(brokers, small)).map(({ key }) => String(key)).sort()).toEqual(['a', 'c'])
    expect((await sent(brokers, topic, messages)).result).toEqual(E.right({ sent: 3, failed: 0, why: null }))
  })

  test('when there are none, then the topic is there all the same', async () => {
    const topic = `requests-${randomUUID()}`
    expect((await sent(brokers, topic, [])).result).toEqual(E.right({ sent: 0, failed: 0, why: null }))
    expect(await messagesIn(brokers, topic)).toEqual([])
  })
})

/** A topic that accepts only short messages. */
const limited = (brokers: string): Promise<string> =>
  newTopic(brokers, 1, {}, [{ name: 'max.message.bytes', value: '1000' }])

test('given no broker, then it says which address did not answer', async () => {
  const { result } = await sent('localhost:1', 'requests', [message('a', 'x')])
  expect(E.isLeft(result) && result.left).toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining('no answer from localhost:1'),
  })
})
