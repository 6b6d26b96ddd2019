import type { Admin } from 'kafkajs'

/** Offsets that Kafka has deleted before they were read; `from` null: from an offset that nobody knows. */
export type Loss = { readonly partition: number; readonly from: bigint | null; readonly to: bigint }

/** Of a partition: the offsets of its first message that is kept, of the next to be written, and of the group's next. */
export type PartitionState = {
  readonly partition: number
  readonly low: bigint
  readonly high: bigint
  /** What the group has committed; null when nothing yet. */
  readonly committed: bigint | null
  /** What was committed beside it. */
  readonly metadata: string
}

/** The partitions of a topic, as a group has read them. Rejects as kafkajs does. */
export const partitionStates = async (
  admin: Admin,
  topic: string,
  groupId: string,
): Promise<ReadonlyArray<PartitionState>> => {
  const ends = await admin.fetchTopicOffsets(topic)
  const [ofTopic] = await admin.fetchOffsets({ groupId, topics: [topic] })
  return ends
    .map(({ partition, low, high }) => {
      const committed = ofTopic?.partitions.find((one) => one.partition === partition)
      const offset = BigInt(committed?.offset ?? -1)
      return {
        partition,
        low: BigInt(low),
        high: BigInt(high),
        // A negative offset stands for none, or for one end of the topic.
        committed: offset < 0n ? null : offset,
        metadata: committed?.metadata ?? '',
      }
    })
    .sort((a, b) => a.partition - b.partition)
}

/** How far a topic is read: by this consumer, which knows at once, and by the others of its group, by their commits. */
export type Reading = {
  /** This consumer has taken in everything before `next`. */
  readonly advance: (partition: number, next: bigint) => void
  /** What the brokers say now; gives what they have deleted that nobody has read. */
  readonly observe: (states: ReadonlyArray<PartitionState>) => ReadonlyArray<Loss>
  /** Messages that nobody has taken in yet, as far as is known. */
  readonly lag: () => number
  /** Whether all that was there when reading started is taken in. */
  readonly reachedStart: () => boolean
}

/** `start` is how the partitions were when reading started. */
export const openReading = (start: ReadonlyArray<PartitionState>): Reading => {
  const highs = new Map(start.map(({ partition, high }) => [partition, high]))
  const nexts = new Map(start.map((state) => [state.partition, nextOf(state)]))
  const advance = (partition: number, next: bigint): void => {
    if (next > (nexts.get(partition) ?? -1n)) nexts.set(partition, next)
  }
  return {
    advance,
    observe: (states) => {
      const losses: Loss[] = []
      for (const { partition, low, high, committed } of states) {
        highs.set(partition, high)
        if (committed !== null && committed <= high) advance(partition, committed)
        const next = nexts.get(partition) ?? 0n
        if (next < low) losses.push({ partition, from: next, to: low - 1n })
        advance(partition, low)
      }
      return losses
    },
    lag: () => {
      let lag = 0n
      for (const [partition, high] of highs) {
        const behind = high - (nexts.get(partition) ?? 0n)
        if (behind > 0n) lag += behind
      }
      return Number(lag)
    },
    reachedStart: () => start.every(({ partition, high }) => (nexts.get(partition) ?? 0n) >= high),
  }
}

/** Where reading goes on. An offset that the partition does not have (deleted, a topic made anew) is read from its start. */
const nextOf = ({ low, high, committed }: PartitionState): bigint =>
  committed === null || committed < low || committed > high ? low : committed
