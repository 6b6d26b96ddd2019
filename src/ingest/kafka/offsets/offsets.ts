import type { Admin } from 'kafkajs'
import { isSameTopic } from '../topics/topics.ts'
import { topicIdIn } from './ledger-fingerprint.ts'

/** Offsets that Kafka deleted before they were read; `from` null: the first one is unknown. */
export type Loss = { readonly partition: number; readonly from: bigint | null; readonly to: bigint }

/** Of a partition: the offsets of its first message, of the next to be written, and of the group's next. */
export type PartitionState = {
  readonly partition: number
  readonly low: bigint
  readonly high: bigint
  /** What the group has committed; null if nothing yet. */
  readonly committed: bigint | null
  /** The metadata committed with it. */
  readonly metadata: string
}

/**
 * The partitions of a topic, as a group has read them. The group's offsets are asked for first, so that an offset
 * beyond the end of its partition is not one that was committed in between. Rejects as kafkajs does.
 */
export const partitionStates = async (
  admin: Admin,
  topic: string,
  groupId: string,
): Promise<ReadonlyArray<PartitionState>> => {
  const [ofTopic] = await admin.fetchOffsets({ groupId, topics: [topic] })
  const ends = await admin.fetchTopicOffsets(topic)
  return ends
    .map(({ partition, low, high }) => {
      const committed = ofTopic?.partitions.find((one) => one.partition === partition)
      const offset = BigInt(committed?.offset ?? -1)
      return {
        partition,
        low: BigInt(low),
        high: BigInt(high),
        // A negative offset means none, or one end of the topic.
        committed: offset < 0n ? null : offset,
        metadata: committed?.metadata ?? '',
      }
    })
    .sort((a, b) => a.partition - b.partition)
}

/** The topic that is read; it can be deleted, created again and cut. */
export type TopicLog = {
  /** Null: the brokers do not report ids. */
  readonly id: string | null
  /** Partitions that ended before what was read of them, and must be read again. */
  readonly cut: ReadonlySet<number>
}

/** Whether the group's offset belongs to a deleted topic of the same name. */
export const isOfDeleted = ({ committed, metadata }: PartitionState, { id }: TopicLog): boolean =>
  committed !== null && !isSameTopic(topicIdIn(metadata), id)

/**
 * Whether a partition is read from its start although the group has an offset for it, which says nothing about this
 * log.
 */
export const startsOver = (state: PartitionState, log: TopicLog): boolean =>
  log.cut.has(state.partition) ||
  (state.committed !== null && (isOfDeleted(state, log) || state.committed > state.high))

/** How far a topic is read: by this consumer, which knows at once, and by the others of its group, by their commits. */
export type GroupReading = {
  /** This consumer has ingested everything before `next`. */
  readonly advance: (partition: number, next: bigint) => void
  /** Up to where each partition is read, as far as is known. */
  readonly nexts: () => ReadonlyMap<number, bigint>
  /** What the brokers report; `before` is how far was read before they were asked. */
  readonly observe: (states: ReadonlyArray<PartitionState>, before: ReadonlyMap<number, bigint>) => Observed
  /** Messages that nobody has ingested yet, as far as is known. */
  readonly lag: () => number
  /** The same, by partition. */
  readonly unread: () => ReadonlyArray<Loss>
  /** Whether everything that was there when reading started is ingested. */
  readonly reachedStart: () => boolean
}

type Observed = {
  /** What the brokers deleted before anybody read it. */
  readonly losses: ReadonlyArray<Loss>
  /** The partitions that end before what was read of them. */
  readonly cut: ReadonlyArray<number>
}

/** `start` is the state of the partitions when reading started. */
export const openReading = (start: ReadonlyArray<PartitionState>, log: TopicLog): GroupReading => {
  const highs = new Map(start.map(({ partition, high }) => [partition, high]))
  const nexts = new Map(start.map((state) => [state.partition, nextOf(state, log)]))
  const advance = (partition: number, next: bigint): void => {
    if (next > (nexts.get(partition) ?? -1n)) nexts.set(partition, next)
  }
  const unread = (): ReadonlyArray<Loss> =>
    [...highs].flatMap(([partition, high]) => {
      const from = nexts.get(partition) ?? 0n
      return high > from ? [{ partition, from, to: high - 1n }] : []
    })
  return {
    advance,
    nexts: () => new Map(nexts),
    observe: (states, before) => {
      const losses: Loss[] = []
      const cut: number[] = []
      for (const state of states) {
        const { partition, low, high, committed } = state
        const isOurs = committed !== null && !isOfDeleted(state, log)
        if ((isOurs && committed > high) || (before.get(partition) ?? 0n) > high) {
          cut.push(partition)
          continue
        }
        highs.set(partition, high)
        if (isOurs) advance(partition, committed)
        const next = nexts.get(partition) ?? 0n
        if (next < low) losses.push({ partition, from: next, to: low - 1n })
        advance(partition, low)
      }
      return { losses, cut }
    },
    lag: () => Number(unread().reduce((sum, { from, to }) => sum + (to - (from ?? 0n) + 1n), 0n)),
    unread,
    reachedStart: () => start.every(({ partition, high }) => (nexts.get(partition) ?? 0n) >= high),
  }
}

/** Where reading resumes. What is deleted is skipped. */
const nextOf = (state: PartitionState, log: TopicLog): bigint =>
  state.committed === null || state.committed < state.low || startsOver(state, log)
    ? state.low
    : state.committed
