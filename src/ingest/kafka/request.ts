import type { Ledger } from '../../ledger/port.ts'
import type { BatchOutcome, IngestError, Ingestor } from '../pipeline/ingestor.ts'
import type { OpenAfterChunk } from './after-chunk.ts'
import type { KafkaSettings } from './client/client.ts'
import type { KafkaError } from './errors.ts'
import type { KafkaRemark } from './log-entry.ts'
import type { GroupTopic } from './offsets/start.ts'

export type ConsumeRequest = GroupTopic & {
  readonly kafka: KafkaSettings
  /** End when everything that was in the topic at the start is ingested. */
  readonly untilEnd: boolean
  /** Read what the group has already read again. */
  readonly fromStart: boolean
  /** How long trouble with Kafka may last, if there is a limit, in ms. */
  readonly patience?: number
}

export type ConsumeInto = {
  readonly ledger: Ledger
  readonly ingestor: Ingestor
  readonly afterChunk?: OpenAfterChunk
}

/** Called as things happen; nothing waits for a result. */
export type ConsumeWatch = {
  /** Reading starts: the number of partitions, and of messages to read. */
  readonly onStart: (partitions: number, lag: number) => void
  /** All of a batch is on disk, including its dead letters. */
  readonly onDurable: (outcome: BatchOutcome) => void
  /** The number of messages that are not ingested yet, whenever it is known. */
  readonly onLag: (lag: number) => void
  readonly onRemark: (remark: KafkaRemark) => void
}

export type ConsumeError = KafkaError | IngestError
