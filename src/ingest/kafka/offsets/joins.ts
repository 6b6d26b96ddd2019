import type { Consumer } from 'kafkajs'
import type { RetryTask } from '../run/retrying.ts'
import { type PartitionState, startsOver, type TopicLog } from './offsets.ts'

/**
 * kafkajs reads on from what its group has committed, and does not look at what is committed beside it: an offset of a
 * topic that is deleted, also one that a member commits late that has not noticed yet. So the offsets are looked at
 * whenever the group has divided the partitions, and those that say nothing of this topic are replaced.
 */
export type Joins = {
  /**
   * Resolves when the offsets of the latest division are looked at, with the partitions that were put back. Nothing may be
   * taken in before.
   */
  readonly settled: () => Promise<ReadonlySet<number>>
  readonly isSettled: () => boolean
}

type WatchJoins = {
  readonly consumer: Consumer
  readonly topic: string
  readonly log: TopicLog
  readonly states: () => Promise<ReadonlyArray<PartitionState>>
  readonly retry: RetryTask
  /** What cannot be retried. */
  readonly fail: (error: unknown) => void
}

/** To be called before the consumer runs. */
export const watchJoins = ({ consumer, topic, log, states, retry, fail }: WatchJoins): Joins => {
  let division = 0
  let isSettled = false
  let settling: Promise<ReadonlySet<number>> = new Promise(() => {})

  const look = async (mine: number, assigned: ReadonlySet<number>): Promise<ReadonlySet<number>> => {
    const putBack = new Set<number>()
    const found = await retry(states)
    if (mine !== division) return putBack
    for (const state of found) {
      const { partition, low } = state
      if (!assigned.has(partition) || !startsOver(state, log)) continue
      const offset = low.toString()
      // Committed too where only this consumer knows: another may be given the partition before anything of it is read.
      if (log.cut.has(partition)) await retry(() => consumer.commitOffsets([{ topic, partition, offset }]))
      if (mine !== division) return putBack
      consumer.seek({ topic, partition, offset })
      putBack.add(partition)
    }
    isSettled = true
    return putBack
  }

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    division++
    isSettled = false
    settling = look(division, new Set(payload.memberAssignment[topic] ?? []))
    settling.catch(fail)
  })
  const settled = async (): Promise<ReadonlySet<number>> => {
    for (;;) {
      const mine = division
      const putBack = await settling
      if (mine === division) return putBack
    }
  }
  return { settled, isSettled: () => isSettled }
}
