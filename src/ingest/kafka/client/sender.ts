import type { Kafka, Message, Producer } from 'kafkajs'
import { type AcknowledgedSends, acknowledgedSends } from './acknowledged.ts'
import { PATIENT } from './client.ts'

/** Sends to Kafka, one group of messages after the other. */
export type Sender = {
  /** Connects to the brokers, to find out early whether they accept us. */
  readonly connect: () => Promise<void>
  /**
   * Answers when all in-sync replicas have the messages; a broker that is down is waited for. Rejects as kafkajs
   * does. Must not be called before the last call has answered.
   */
  readonly send: (topic: string, messages: Message[]) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * A sender whose messages cannot be duplicated or reordered by retries (Kafka's idempotent producer). It works around a bug of
 * kafkajs 2.2.4 that loses messages that it reports as sent: after a failed send, it gives the same sequence numbers to other
 * messages, which a broker that has the first ones drops as duplicates. So a producer is discarded after the first failed
 * send, and replaced.
 */
export const openSender = (kafka: Kafka): Sender => {
  let current: Connected | null = null
  const giveUp = async (): Promise<void> => {
    const before = current
    current = null
    await before?.producer.disconnect().catch(() => {})
  }
  const connected = async (): Promise<Connected> => {
    if (current !== null) return current
    const made = make(kafka)
    current = made
    try {
      await made.producer.connect()
      return made
    } catch (error) {
      void giveUp()
      throw error
    }
  }
  return {
    connect: async () => {
      await connected()
    },
    send: async (topic, messages) => {
      const { producer, sends } = await connected()
      try {
        await sends.send(producer, topic, messages)
      } catch (error) {
        void giveUp() // with brokers down, it may take long
        throw error
      }
    },
    close: giveUp,
  }
}

type Connected = { readonly producer: Producer; readonly sends: AcknowledgedSends }

const make = (kafka: Kafka): Connected => {
  const sends = acknowledgedSends()
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    idempotent: true,
    maxInFlightRequests: 1,
    retry: PATIENT,
    createPartitioner: sends.createPartitioner,
  })
  return { producer, sends }
}
