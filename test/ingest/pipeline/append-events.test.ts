import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { appendEvents } from '../../../src/ingest/pipeline/append-events.ts'
import type { PreparedEvent } from '../../../src/ledger/event/prepare.ts'
import type { AppendBatch, Ledger } from '../../../src/ledger/port.ts'
import { flag } from '../../ledger/events.ts'

/** A ledger that takes everything, and the batches that it was given. */
const given = async (events: ReadonlyArray<PreparedEvent>): Promise<ReadonlyArray<AppendBatch>> => {
  let batches: ReadonlyArray<AppendBatch> = []
  const append: Ledger['append'] = async (some) => {
    batches = some
    return E.right(
      some.map(({ stream, events: ofBatch }) => ({
        kind: 'written',
        stream,
        events: ofBatch.map((_, revision) => ({ kind: 'appended', revision })),
      })),
    )
  }
  // Cast: of a ledger only its append is used.
  const outcomes = await appendEvents({ append } as Ledger, events)
  expect(E.isRight(outcomes) && outcomes.right.length).toBe(events.length)
  return batches
}

describe('given events to append', () => {
  test('when neighbours are of one stream, then they are appended together, in the overall order', async () => {
    const events = [flag('e1'), flag('e2'), flag('e1', 'u2'), flag('e3')]
    expect(
      (await given(events)).map(({ stream, events: some }) => [stream, some.map(({ id }) => id)]),
    ).toEqual([
      ['account-u1', ['e1', 'e2']],
      ['account-u2', ['e1']],
      ['account-u1', ['e3']],
    ])
  })

  test('when they are large, then no batch has more bytes than a cluster accepts, in any script', async () => {
    const large = Array.from({ length: 90 }, (_, i) => {
      const event = flag(`e${i}`)
      return { ...event, tail: event.tail.replace(/}$/, `,"x":"${'\u8a9e'.repeat(5_000)}"}`) }
    })
    const batches = await given(large)
    expect(batches.length).toBeGreaterThan(1)
    expect(batches.flatMap(({ events }) => events)).toEqual(large)
    for (const { events } of batches) {
      const bytes = events.reduce((sum, { head, tail }) => sum + Buffer.byteLength(head + tail), 0)
      expect(bytes).toBeLessThan(600_000)
    }
  })
})
