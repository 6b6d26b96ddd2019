import { describe, expect, test } from 'vitest'
import { describeLoss, lossesAtStart } from '../../../src/ingest/kafka/losses.ts'

const state = (low: bigint, committed: bigint | null) => ({
  partition: 0,
  low,
  high: 9n,
  committed,
  metadata: '',
})

describe('given a group that starts to read', () => {
  test('when what comes next for it is deleted, then that is a loss', () => {
    expect(lossesAtStart([state(5n, 2n)], true)).toEqual([{ partition: 0, from: 2n, to: 4n }])
    expect(lossesAtStart([state(2n, 2n), state(0n, null)], true)).toEqual([])
  })

  test('when Kafka has forgotten how far it was and deleted messages too, then it may be one, but not for a new ledger', () => {
    expect(lossesAtStart([state(5n, null)], true)).toEqual([{ partition: 0, from: null, to: 4n }])
    expect(lossesAtStart([state(5n, null)], false)).toEqual([])
  })

  test('then it is told with the topic and the offsets', () => {
    expect(describeLoss('events', { partition: 3, from: 2n, to: 4n })).toContain(
      'offsets 2 to 4 of events[3]',
    )
    expect(describeLoss('events', { partition: 3, from: null, to: 4n })).toContain(
      'offsets up to 4 of events[3]',
    )
  })
})
