import { expect, test } from 'vitest'
import * as E from '#fp/Either'
import { streamOf } from '../../src/domain/stream.ts'
import type { Pages, Position, SequencedEvent } from '../../src/ledger/port.ts'
import { gather } from '../../src/projection/gather.ts'
import { decoded, stored } from '../domain/samples.ts'

const EVENTS = 200
const PAGE = 10

/** Pages of events with texts of about 100,000 characters each. */
async function* pages(): Pages<SequencedEvent> {
  const event = decoded(stored('content.evaluated.v1'))
  const canonical = JSON.stringify(event) + ' '.repeat(100_000)
  for (let first = 1; first <= EVENTS; first += PAGE) {
    yield E.right(
      Array.from({ length: PAGE }, (_, i) => ({
        stream: streamOf(event),
        revision: first + i - 1,
        sequence: first + i,
        // Cast: nothing looks at it here.
        position: String(first + i) as Position,
        canonical,
        leafHash: '',
      })),
    )
  }
}

test('given large events, when all are waited for, then they come in batches of at most 8 MB and a page', async () => {
  const gathering = gather({ vocabulary: async () => E.right(1) }, pages(), new AbortController().signal)
  const sizes: number[] = []
  for (let left = EVENTS; left > 0; ) {
    const gathered = await gathering.take(left, Number.POSITIVE_INFINITY)
    if (gathered.kind === 'failed') throw new Error(gathered.error.kind)
    sizes.push(gathered.batch.size())
    left -= gathered.batch.size()
  }
  expect(sizes).toEqual([80, 80, 40])
})
