import type { Consumer } from 'kafkajs'
import type { RetryTask } from '../run/retrying.ts'
import { type PartitionState, startsOver, type TopicLog } from './offsets.ts'

/**
 * kafkajs resumes from what its group has committed, and ignores the metadata committed with it: the offset may be of
 * a deleted topic, or committed late by a member that has not noticed the deletion. So the offsets are checked after
 * each rebalance of the group, and those that do not belong to this topic are replaced.
 */
export type Joins = {
  /**
   * Resolves when the offsets of the latest rebalance are checked, with the partitions that were reset. Nothing may
   * be ingested before.
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
  /** Called with what cannot be retried. */
  readonly fail: (error: unknown) => void
}

/** Must be called before the consumer runs. */
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
      // Committed even if only this consumer knows: another may be assigned the partition before anything of it is
      // read.
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
