import type { EachBatchHandler, EachBatchPayload, KafkaMessage, Producer } from 'kafkajs'
import * as E from '#fp/Either'
import type { Ledger } from '../../ledger/port.ts'
import type { BatchOutcome, IngestError, Ingestor } from '../pipeline/ingestor.ts'
import type { AfterChunk } from './after-chunk.ts'
import { deadLetterTopic, refusedMessage, sendRefused } from './messages/dead-letter-topic.ts'
import { chunksOf, packMessages } from './messages/pack.ts'
import { commitTogether } from './offsets/commit-together.ts'
import { fingerprintOf } from './offsets/ledger-fingerprint.ts'

export type TakeBatch = {
  readonly ledger: Ledger
  /** Of the topic that is read; null: the brokers do not report it. */
  readonly topicId: string | null
  /** Resolves when kafkajs is certain to continue from the right offset. */
  readonly settled: () => Promise<unknown>
  readonly ingestor: Ingestor
  readonly producer: Producer
  readonly afterChunk?: AfterChunk | undefined
  /** Why a message could not be ingested through no fault of its own: reading must stop. */
  readonly fail: (error: IngestError) => void
  /** Everything before `next` is ingested and committed. */
  readonly advance: (partition: number, next: bigint) => void
  readonly onDurable: (outcome: BatchOutcome) => void
}

/**
 * Ingests what kafkajs fetched of a partition, chunk by chunk: one is decoded while the one before is written. After
 * each, its refused messages are forwarded, then the after-chunk work is done, and then its offset is committed.
 * Kafka's errors are left to kafkajs, which fetches again from the last resolved offset.
 */
export const batchHandler = ({
  ledger,
  topicId,
  settled,
  ingestor,
  producer,
  afterChunk,
  fail,
  advance,
  onDurable,
}: TakeBatch): EachBatchHandler => {
  const commit = commitTogether()
  let failed = false
  const failWith = (error: IngestError): false => {
    failed = true
    fail(error)
    return false
  }

  /** Whether the chunk succeeded, once it is on disk. */
  const finish = async (payload: EachBatchPayload, chunk: Chunk): Promise<boolean> => {
    const { topic, partition } = payload.batch
    const outcome = await withHeartbeats(payload, chunk.taken)
    if (E.isLeft(outcome)) return failWith(outcome.left)
    const { refused } = outcome.right
    const letters = refused.flatMap((one) => {
      const message = chunk.messages[one.index]
      return message === undefined ? [] : [refusedMessage({ topic, partition, message }, one)]
    })
    await withHeartbeats(payload, sendRefused(producer, deadLetterTopic(topic), letters))
    if (afterChunk !== undefined) {
      const done = await withHeartbeats(payload, afterChunk(outcome.right.accounts))
      if (E.isLeft(done)) return failWith({ kind: 'ledger', error: done.left })
    }
    const fingerprint = await fingerprintOf(ledger, topicId)
    if (E.isLeft(fingerprint)) return failWith({ kind: 'ledger', error: fingerprint.left })
    const next = BigInt(chunk.lastOffset) + 1n
    await commit(payload, { partition, offset: next.toString(), metadata: fingerprint.right })
    // Not before: what is not committed must be delivered again.
    payload.resolveOffset(chunk.lastOffset)
    advance(partition, next)
    await payload.heartbeat()
    return true
  }

  return async (payload) => {
    const { batch, isRunning, isStale } = payload
    await withHeartbeats(payload, settled())
    const chunks = chunksOf(batch.messages)
    let before: Chunk | undefined
    for (const [i, messages] of chunks.entries()) {
      if (failed || !isRunning() || isStale()) break
      const { topic, partition } = batch
      const taken = ingestor.take(packMessages(topic, partition, messages)).then((outcome) => {
        // Counted as soon as it is on disk, whatever happens to its offset.
        if (E.isRight(outcome)) onDurable(outcome.right)
        return outcome
      })
      // The last chunk's offset covers what kafkajs left out after it: markers of transactions.
      const last = i === chunks.length - 1 ? batch.lastOffset() : messages.at(-1)?.offset
      if (before !== undefined && !(await finish(payload, before))) return
      before = { messages, taken, lastOffset: last ?? batch.lastOffset() }
    }
    if (before !== undefined) await finish(payload, before)
  }
}

/** How often a heartbeat is sent, in ms, also while a disk is slow or another process writes. */
export const HEARTBEAT = 3_000

/** Waits for work, with heartbeats. A rebalance of the group shows at the next heartbeat after it. */
const withHeartbeats = async <A>({ heartbeat }: EachBatchPayload, work: Promise<A>): Promise<A> => {
  const timer = setInterval(() => heartbeat().catch(() => {}), HEARTBEAT)
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
}

type Chunk = {
  readonly messages: ReadonlyArray<KafkaMessage>
  readonly taken: Promise<E.Either<IngestError, BatchOutcome>>
  readonly lastOffset: string
}
