import type { Kafka } from 'kafkajs'
import { acknowledgedSends } from '../kafka/client/acknowledged.ts'
import { isFenced } from '../kafka/errors.ts'
import { messageGroups } from '../kafka/messages/groups.ts'
import type { KeyedMessage } from '../kafka/send-all.ts'

/** `partition`: left out: by its key. */
export type OutgoingMessage = KeyedMessage & { readonly partition?: number }

/** Sends messages in transactions: all of one, or none, for whoever reads what is committed. */
export type Transactions = {
  readonly connect: () => Promise<void>
  /**
   * Commits all messages, by topic. With the first call, whoever had this id before is fenced: it cannot commit any more.
   * Rejects with `Fenced`, and as kafkajs does: then it must be closed, and the messages may be committed or not.
   */
  readonly commit: (messages: ReadonlyMap<string, ReadonlyArray<OutgoingMessage>>) => Promise<void>
  readonly close: () => Promise<void>
}

/** Another producer has taken over our id. */
export class Fenced extends Error {}

/** How long a transaction may last, in ms, before brokers abort it. Readers of what is committed wait for its end. */
const AT_MOST = 60_000
/** A send is retried for less than that. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 6 }

export const openTransactions = (kafka: Kafka, transactionalId: string): Transactions => {
  const sends = acknowledgedSends()
  const producer = kafka.producer({
    transactionalId,
    transactionTimeout: AT_MOST,
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: RETRY,
    createPartitioner: sends.createPartitioner,
  })
  return {
    connect: () => producer.connect(),
    commit: async (messages) => {
      const transaction = await producer.transaction()
      const begun = performance.now()
      try {
        for (const [topic, some] of messages) {
          for (const group of messageGroups(some)) {
            await sends.send(
              transaction,
              topic,
              group.map((message) => ({ ...message })),
            )
          }
        }
        await transaction.commit()
      } catch (error) {
        // Brokers answer the same to what they have aborted.
        const isInTime = performance.now() - begun < AT_MOST
        throw isInTime && isFenced(error) ? new Fenced(transactionalId, { cause: error }) : error
      }
    },
    close: () => producer.disconnect(),
  }
}
