import type { Admin } from 'kafkajs'
import type * as E from '#fp/Either'
import type { LedgerError } from '../../ledger/port.ts'
import type { Sender } from './client/sender.ts'
import type { KafkaError } from './errors.ts'
import type { KafkaRemark } from './log-entry.ts'
import type { RetryTask } from './run/retrying.ts'
import type { Topics } from './topics/topics.ts'

/**
 * What is done for the accounts of a chunk of messages once it is on disk, before its offset is committed. Rejects as
 * kafkajs does: then the chunk is read again.
 */
export type AfterChunk = (accounts: Iterable<string>) => Promise<E.Either<LedgerError, void>>

/** Prepares it once at the start, with the consumer's own connections. Rejects as kafkajs does. */
export type OpenAfterChunk = (through: ChunkConnections) => Promise<E.Either<KafkaError, AfterChunk>>

type ChunkConnections = {
  readonly admin: Admin
  readonly topics: Topics
  readonly sender: Sender
  readonly retry: RetryTask
  readonly remark: (remark: KafkaRemark) => void
}
