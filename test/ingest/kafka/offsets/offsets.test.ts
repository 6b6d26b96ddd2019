import { describe, expect, test } from 'vitest'
import { openReading, type PartitionState } from '../../../../src/ingest/kafka/offsets/offsets.ts'

const state = (partition: number, low: bigint, high: bigint, committed: bigint | null): PartitionState => ({
  partition,
  low,
  high,
  committed,
  metadata: '',
})

const log = { id: null, cut: new Set<number>() }

describe('given the partitions of a topic', () => {
  test('then its lag is what no member of the group has read', () => {
    expect(
      openReading([state(0, 0n, 10n, null), state(1, 5n, 20n, 15n), state(2, 0n, 0n, null)], log).lag(),
    ).toBe(15)
  })

  test('when messages were deleted before they were read, or the topic was recreated, then reading starts at its first', () => {
    expect(openReading([state(0, 8n, 10n, 3n)], log).lag()).toBe(2)
    expect(openReading([state(0, 0n, 10n, 500n)], log).lag()).toBe(10)
  })

  test('when everything present at the start is read, by this consumer and by others, then its end is reached', () => {
    const reading = openReading([state(0, 0n, 10n, null), state(1, 0n, 5n, 0n)], log)
    expect(reading.reachedStart()).toBe(false)
    reading.advance(0, 10n)
    expect(reading.reachedStart()).toBe(false)
    reading.observe([state(0, 0n, 30n, null), state(1, 0n, 9n, 6n)], new Map())
    expect(reading.reachedStart()).toBe(true)
    expect(reading.lag()).toBe(23)
  })

  test('when the group restarts with an older offset, then what this consumer has read stays read', () => {
    const reading = openReading([state(0, 0n, 10n, null)], log)
    reading.advance(0, 8n)
    reading.observe([state(0, 0n, 10n, 4n)], new Map())
    expect(reading.lag()).toBe(2)
  })

  test('when Kafka deletes what is not read yet, then it is reported once, and not waited for', () => {
    const reading = openReading([state(0, 0n, 10n, 2n)], log)
    expect(reading.observe([state(0, 6n, 10n, 2n)], new Map()).losses).toEqual([
      { partition: 0, from: 2n, to: 5n },
    ])
    expect(reading.observe([state(0, 6n, 10n, 2n)], new Map()).losses).toEqual([])
    expect(reading.lag()).toBe(4)
  })

  test('when an offset is of a deleted topic, then reading starts at the first message of the new one', () => {
    const late = { ...state(0, 0n, 5n, 3n), metadata: JSON.stringify({ topicId: 'old' }) }
    const now = { id: 'new', cut: new Set<number>() }
    const reading = openReading([late], now)
    expect(reading.lag()).toBe(5)
    reading.observe([late], reading.nexts())
    expect(reading.lag()).toBe(5)
    expect(openReading([{ ...late, metadata: JSON.stringify({ topicId: 'new' }) }], now).lag()).toBe(2)
    expect(openReading([{ ...late, metadata: '' }], now).lag()).toBe(2)
    expect(openReading([late], log).lag()).toBe(2)
  })

  test('when a partition ends before what was read, then that is reported, and it is read again from its start', () => {
    const reading = openReading([state(0, 0n, 3n, null), state(1, 0n, 3n, 3n)], log)
    reading.advance(0, 3n)
    const before = reading.nexts()
    expect(reading.observe([state(0, 0n, 2n, null), state(1, 0n, 2n, 3n)], before).cut).toEqual([0, 1])
    // What is read while the brokers answer is no sign.
    reading.advance(0, 4n)
    expect(reading.observe([state(0, 0n, 3n, 3n), state(1, 0n, 3n, 3n)], before).cut).toEqual([])
    expect(openReading([state(0, 0n, 9n, 3n)], { id: null, cut: new Set([0]) }).lag()).toBe(9)
  })

  test('when there is nothing to read, then the end is reached at once', () => {
    expect(openReading([], log).reachedStart()).toBe(true)
    expect(openReading([state(0, 7n, 7n, null), state(1, 0n, 3n, 3n)], log).reachedStart()).toBe(true)
  })
})
