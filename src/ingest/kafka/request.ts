import type { Ledger } from '../../ledger/port.ts'
import type { BatchOutcome, IngestError, Ingestor } from '../pipeline/ingestor.ts'
import type { OpenAfterChunk } from './after-chunk.ts'
import type { KafkaSettings } from './client/client.ts'
import type { KafkaError } from './errors.ts'
import type { KafkaRemark } from './log-entry.ts'
import type { GroupTopic } from './offsets/start.ts'

export type ConsumeRequest = GroupTopic & {
  readonly kafka: KafkaSettings
  /** End when all that was in the topic at the start is taken in. */
  readonly untilEnd: boolean
  /** Read again what the group has read before. */
  readonly fromStart: boolean
  /** How long troubles with Kafka may last before it is given up, where it is given up, in ms. */
  readonly patience?: number
}

export type ConsumeInto = {
  readonly ledger: Ledger
  readonly ingestor: Ingestor
  readonly afterChunk?: OpenAfterChunk
}

/** Told what happens; all of it in passing, nothing waits for an answer. */
export type ConsumeWatch = {
  /** Reading starts: so many partitions, so many messages to be read. */
  readonly onStart: (partitions: number, lag: number) => void
  /** All of a batch is on disk, and its dead letters too. */
  readonly onDurable: (outcome: BatchOutcome) => void
  /** Messages that are not taken in yet, whenever that is known anew. */
  readonly onLag: (lag: number) => void
  readonly onRemark: (remark: KafkaRemark) => void
}

export type ConsumeError = KafkaError | IngestError
