import { describe, expect, test } from 'vitest'
import {
  describeLoss,
  describeRecreated,
  describeStartsOver,
  lossesAtStart,
} from '../../../../src/ingest/kafka/offsets/retention-gaps.ts'

const state = (low: bigint, committed: bigint | null) => ({
  partition: 0,
  low,
  high: 9n,
  committed,
  metadata: '',
})

const log = { id: null, cut: new Set<number>() }

describe('given a group that starts to read', () => {
  test('when what it would read next is deleted, then that is a loss', () => {
    expect(lossesAtStart([state(5n, 2n)], log, true)).toEqual([{ partition: 0, from: 2n, to: 4n }])
    expect(lossesAtStart([state(2n, 2n), state(0n, null)], log, true)).toEqual([])
  })

  test('when Kafka has forgotten its offset and also deleted messages, then it may be one, but not for a new ledger', () => {
    expect(lossesAtStart([state(5n, null)], log, true)).toEqual([{ partition: 0, from: null, to: 4n }])
    expect(lossesAtStart([state(5n, null)], log, false)).toEqual([])
  })

  test('then it is reported with the topic and the offsets', () => {
    expect(describeLoss('events', { partition: 3, from: 2n, to: 4n })).toContain(
      'offsets 2 to 4 of events[3]',
    )
    expect(describeLoss('events', { partition: 3, from: null, to: 4n })).toContain(
      'offsets up to 4 of events[3]',
    )
  })
})

describe('given a topic that was deleted and created again', () => {
  const late = { ...state(0n, 3n), high: 5n, metadata: JSON.stringify({ topicId: 'old' }) }
  const now = { id: 'new', cut: new Set<number>() }

  test('then it is reported up to where the group had read the old one; what the new one lost is a loss too', () => {
    expect(describeStartsOver('events', [late, state(0n, 3n)], now)).toEqual([
      expect.stringContaining('([0] up to offset 3)'),
    ])
    expect(lossesAtStart([late], now, true)).toEqual([])
    expect(lossesAtStart([{ ...late, low: 2n }], now, true)).toEqual([{ partition: 0, from: 0n, to: 1n }])
  })

  test('then what had been seen of the old one and not been read is reported', () => {
    expect(describeRecreated('events', [{ partition: 1, from: 3n, to: 9n }])).toContain(
      'offsets 3 to 9 of [1]',
    )
    expect(describeRecreated('events', [])).toContain('had been read')
  })

  test('when a partition ends before the group’s offset, then that is reported', () => {
    expect(describeStartsOver('events', [{ ...state(0n, 12n) }], now)).toEqual([
      expect.stringContaining('events[0] ends at offset 9, but was read up to offset 12'),
    ])
  })
})
