import type { EachBatchPayload, OffsetsByTopicPartition } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { commitTogether } from '../../../../src/ingest/kafka/offsets/commit-together.ts'

const offsetOf = (partition: number) => ({
  partition,
  offset: `${10 + partition}`,
  metadata: `m${partition}`,
})

/** A consumer's commits: those it was asked for, with what they answer. */
const committing = (answer: () => Promise<void> = async () => {}) => {
  const requests: OffsetsByTopicPartition[] = []
  const commit = commitTogether()
  const payload = {
    batch: { topic: 'events' },
    commitOffsetsIfNecessary: (offsets: OffsetsByTopicPartition) => {
      requests.push(offsets)
      return answer()
    },
  }
  // Cast: only what is used is there.
  return {
    requests,
    commit: (partition: number) => commit(payload as unknown as EachBatchPayload, offsetOf(partition)),
  }
}

const request = (...partitions: ReadonlyArray<number>) => ({
  topics: [{ topic: 'events', partitions: partitions.map(offsetOf) }],
})

describe('given partitions that are finished at the same time', () => {
  test('then their offsets are committed in one request, and later ones in another', async () => {
    const { requests, commit } = committing()
    await Promise.all([commit(0), commit(1), commit(4)])
    await commit(2)
    expect(requests).toEqual([request(0, 1, 4), request(2)])
  })

  test('when the commit fails, then it fails for each of them, and the next one is tried', async () => {
    let isDown = true
    const { requests, commit } = committing(async () => {
      if (isDown) throw new Error('no coordinator')
    })
    const ended = await Promise.allSettled([commit(0), commit(1)])
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    isDown = false
    await commit(0)
    expect(requests).toEqual([request(0, 1), request(0)])
  })

  test('when one is finished while a request is under way, then it has a request of its own', async () => {
    const answer = Promise.withResolvers<void>()
    const { requests, commit } = committing(() => answer.promise)
    const first = commit(0)
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    const second = commit(1)
    answer.resolve()
    await Promise.all([first, second])
    expect(requests).toEqual([request(0), request(1)])
  })
})
