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
  test('when some are of one stream, then each is appended for itself, in their order', async () => {
    const events = [flag('e1'), flag('e2'), flag('e1', 'u2'), flag('e3')]
    expect(
      (await given(events)).map(({ stream, events: some }) => [stream, some.map(({ id }) => id)]),
    ).toEqual([
      ['account-u1', ['e1']],
      ['account-u1', ['e2']],
      ['account-u2', ['e1']],
      ['account-u1', ['e3']],
    ])
  })

  test('when there are none, then the ledger is not asked', async () => {
    expect(await given([])).toEqual([])
  })
})
