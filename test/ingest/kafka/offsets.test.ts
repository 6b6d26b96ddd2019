import { describe, expect, test } from 'vitest'
import { openReading, type PartitionState } from '../../../src/ingest/kafka/offsets.ts'

const state = (partition: number, low: bigint, high: bigint, committed: bigint | null): PartitionState => ({
  partition,
  low,
  high,
  committed,
  metadata: '',
})

describe('given the partitions of a topic', () => {
  test('then what nobody of the group has read is its lag', () => {
    expect(openReading([state(0, 0n, 10n, null), state(1, 5n, 20n, 15n), state(2, 0n, 0n, null)]).lag()).toBe(
      15,
    )
  })

  test('when messages were deleted before they were read, or the topic was made anew, then reading starts at its first', () => {
    expect(openReading([state(0, 8n, 10n, 3n)]).lag()).toBe(2)
    expect(openReading([state(0, 0n, 10n, 500n)]).lag()).toBe(10)
  })

  test('when all that was there at the start is read, by this consumer and by others, then its end is reached', () => {
    const reading = openReading([state(0, 0n, 10n, null), state(1, 0n, 5n, 0n)])
    expect(reading.reachedStart()).toBe(false)
    reading.advance(0, 10n)
    expect(reading.reachedStart()).toBe(false)
    reading.observe([state(0, 0n, 30n, null), state(1, 0n, 9n, 6n)])
    expect(reading.reachedStart()).toBe(true)
    expect(reading.lag()).toBe(23)
  })

  test('when the group starts anew with an older offset, then what this consumer has read stays read', () => {
    const reading = openReading([state(0, 0n, 10n, null)])
    reading.advance(0, 8n)
    reading.observe([state(0, 0n, 10n, 4n)])
    expect(reading.lag()).toBe(2)
  })

  test('when Kafka deletes what is not read yet, then it is told once, and is not waited for', () => {
    const reading = openReading([state(0, 0n, 10n, 2n)])
    expect(reading.observe([state(0, 6n, 10n, 2n)])).toEqual([{ partition: 0, from: 2n, to: 5n }])
    expect(reading.observe([state(0, 6n, 10n, 2n)])).toEqual([])
    expect(reading.lag()).toBe(4)
  })

  test('when there is nothing to be read, then the end is reached at once', () => {
    expect(openReading([]).reachedStart()).toBe(true)
    expect(openReading([state(0, 7n, 7n, null), state(1, 0n, 3n, 3n)]).reachedStart()).toBe(true)
  })
})
