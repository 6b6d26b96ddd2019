import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import type { DecodedBatch, RawBatch } from '../../../src/ingest/accept/batch.ts'
import { inGroups } from '../../../src/ingest/pipeline/in-groups.ts'

const batchOf = (messages: number, bytes = messages): RawBatch => ({
  bytes: new Uint8Array(bytes),
  bounds: new Uint32Array(2 * messages),
  origin: String,
  setAside: new Map(),
})

/** A writer of which the test decides when a batch is decoded and a group written; answers are the order of writing. */
const opened = () => {
  const decodings: PromiseWithResolvers<E.Either<string, DecodedBatch>>[] = []
  const writes: { readonly sizes: ReadonlyArray<number>; readonly end: (error?: string) => void }[] = []
  let answered = 0
  const take = inGroups<string, number>(
    () => {
      const decoding = Promise.withResolvers<E.Either<string, DecodedBatch>>()
      decodings.push(decoding)
      return decoding.promise
    },
    (group) => {
      const { promise, resolve } = Promise.withResolvers<E.Either<string, ReadonlyArray<number>>>()
      writes.push({
        sizes: group.map(({ decoded }) => decoded.bounds.length / 2),
        end: (error) => resolve(error === undefined ? E.right(group.map(() => answered++)) : E.left(error)),
      })
      return promise
    },
  )
  const decoded = (index: number, batch: RawBatch): void =>
    decodings[index]?.resolve(E.right({ ...batch, events: [], indexes: [], refused: [], dropped: new Map() }))
  const failed = (index: number, error: string): void => decodings[index]?.resolve(E.left(error))
  /** Lets everything happen that can. */
  const settled = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await new Promise(setImmediate)
  }
  return { take, decoded, failed, writes, settled }
}

describe('given batches of few messages', () => {
  test('when they are given at once, then they are written together, and each has its own answer', async () => {
    const { take, decoded, writes, settled } = opened()
    const batches = [batchOf(3), batchOf(1), batchOf(2)]
    const answers = batches.map(take)
    for (const [i, batch] of batches.entries()) {
      await settled()
      expect(writes).toEqual([])
      decoded(i, batch)
    }
    await settled()
    expect(writes.map(({ sizes }) => sizes)).toEqual([[3, 1, 2]])
    writes[0]?.end()
    expect(await Promise.all(answers)).toEqual([E.right(0), E.right(1), E.right(2)])
  })

  test('when more come while some are written, then those are written next', async () => {
    const { take, decoded, writes, settled } = opened()
    const first = take(batchOf(1))
    decoded(0, batchOf(1))
    await settled()
    const next = [take(batchOf(2)), take(batchOf(3))]
    decoded(1, batchOf(2))
    decoded(2, batchOf(3))
    await settled()
    expect(writes).toHaveLength(1)
    writes[0]?.end()
    expect(await first).toEqual(E.right(0))
    await settled()
    expect(writes.map(({ sizes }) => sizes)).toEqual([[1], [2, 3]])
    writes[1]?.end()
    expect(await Promise.all(next)).toEqual([E.right(1), E.right(2)])
  })

  test('when one cannot be decoded, then those before it are written, and it and those after it are not', async () => {
    const { take, decoded, failed, writes, settled } = opened()
    const answers = [take(batchOf(1)), take(batchOf(2)), take(batchOf(3))]
    decoded(0, batchOf(1))
    failed(1, 'out of memory')
    decoded(2, batchOf(3))
    await settled()
    writes[0]?.end()
    expect(await Promise.all(answers)).toEqual([E.right(0), E.left('out of memory'), E.left('out of memory')])
    expect(await take(batchOf(1))).toEqual(E.left('out of memory'))
    expect(writes.map(({ sizes }) => sizes)).toEqual([[1]])
  })

  test('when they cannot be written, then all of them fail, and so do those that come later', async () => {
    const { take, decoded, writes, settled } = opened()
    const answers = [take(batchOf(1)), take(batchOf(2))]
    decoded(0, batchOf(1))
    decoded(1, batchOf(2))
    await settled()
    writes[0]?.end('disk full')
    expect(await Promise.all([...answers, take(batchOf(1))])).toEqual(Array(3).fill(E.left('disk full')))
    expect(writes).toHaveLength(1)
  })
})

describe('given batches of many messages', () => {
  test('when the first is decoded, then it is written without waiting for the next', async () => {
    const { take, decoded, writes, settled } = opened()
    take(batchOf(400))
    take(batchOf(400))
    decoded(0, batchOf(400))
    await settled()
    expect(writes.map(({ sizes }) => sizes)).toEqual([[400]])
  })

  test.each([
    ['messages', [batchOf(4_000), batchOf(4_192), batchOf(1)], [4_000, 4_192], [1]],
    ['bytes', [batchOf(1, 3 << 20), batchOf(2, 1 << 20), batchOf(3)], [1, 2], [3]],
  ])(
    'when several are ready, then they are written together up to a full batch of %s',
    async (_, ready, ...groups) => {
      const { take, decoded, writes, settled } = opened()
      take(batchOf(1))
      decoded(0, batchOf(1))
      await settled()
      for (const [i, batch] of ready.entries()) {
        take(batch)
        decoded(i + 1, batch)
      }
      for (const write of [0, 1, 2]) {
        await settled()
        writes[write]?.end()
      }
      expect(writes.map(({ sizes }) => sizes)).toEqual([[1], ...groups])
    },
  )

  test('when one exceeds a full batch, then it is written alone', async () => {
    const { take, decoded, writes, settled } = opened()
    take(batchOf(1, 5 << 20))
    take(batchOf(1))
    decoded(0, batchOf(1, 5 << 20))
    decoded(1, batchOf(1))
    await settled()
    expect(writes.map(({ sizes }) => sizes)).toEqual([[1]])
    writes[0]?.end()
    await settled()
    expect(writes.map(({ sizes }) => sizes)).toEqual([[1], [1]])
  })
})
