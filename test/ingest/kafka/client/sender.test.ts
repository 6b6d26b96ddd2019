import type { Kafka, ProducerConfig, ProducerRecord } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { openSender } from '../../../../src/ingest/kafka/client/sender.ts'

type Answer = (record: ProducerRecord, partitions: ReadonlyArray<number>) => Promise<ReadonlyArray<number>>

/** Of kafkajs what a sender uses; `answer` gives the partitions that answered. */
const fakeKafka = (answer: Answer) => {
  const done: string[] = []
  let made = 0
  const producer = ({ createPartitioner, ...config }: ProducerConfig) => {
    const id = ++made
    const partitionOf = createPartitioner?.()
    const partitionMetadata = [0, 1, 2].map((partitionId) => ({ partitionId, leader: 1 }))
    return {
      connect: async () => done.push(`connect ${id} ${config.idempotent} ${config.maxInFlightRequests}`),
      disconnect: async () => done.push(`disconnect ${id}`),
      send: async (record: ProducerRecord) => {
        const addressed = record.messages.map((message) =>
          // Cast: a partition's number and leader are all that a partitioner looks at.
          Number(partitionOf?.({ topic: record.topic, partitionMetadata, message } as never)),
        )
        done.push(`send ${id} acks ${record.acks}`)
        const partitions = await answer(record, [...new Set(addressed)])
        return partitions.map((partition) => ({ topicName: record.topic, partition, errorCode: 0 }))
      },
    }
  }
  // Cast: nothing else of kafkajs is used.
  return { done, kafka: { producer } as unknown as Kafka }
}
const messages = ['a', 'b', 'c', 'd'].map((key) => ({ key, value: key }))
const outcome = (work: Promise<void>): Promise<string> => work.then(() => 'sent', String)

describe('given a sender', () => {
  test('when everything works, then one idempotent producer sends everything, and waits for all replicas', async () => {
    const { kafka, done } = fakeKafka(async (_, partitions) => partitions)
    const sender = openSender(kafka)
    await sender.connect()
    await sender.send('t', messages)
    await sender.send('t', messages)
    await sender.close()
    expect(done).toEqual(['connect 1 true 1', 'send 1 acks -1', 'send 1 acks -1', 'disconnect 1'])
  })

  test('when a send fails, then another producer sends what follows: the sequence numbers of the first are used up', async () => {
    let isAway = true
    const { kafka, done } = fakeKafka(async (_, partitions) => {
      if (isAway) throw new Error('away')
      return partitions
    })
    const sender = openSender(kafka)
    expect(await outcome(sender.send('t', messages))).toBe('Error: away')
    isAway = false
    expect(await outcome(sender.send('t', messages))).toBe('sent')
    expect(done).toEqual([
      'connect 1 true 1',
      'send 1 acks -1',
      'disconnect 1',
      'connect 2 true 1',
      'send 2 acks -1',
    ])
  })

  test('when a partition has not answered, then nothing counts as sent', async () => {
    const { kafka } = fakeKafka(async (_, partitions) => partitions.slice(1))
    expect(await outcome(openSender(kafka).send('t', messages))).toContain(
      'some partitions of t have not acknowledged',
    )
  })
})
