import { type Kafka, type Message, Partitioners, type Producer } from 'kafkajs'
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

const ALL_IN_SYNC = -1

/**
 * A sender whose messages cannot be duplicated or reordered by retries (Kafka's idempotent producer). It works around
 * two bugs of kafkajs 2.2.4, both of which lose messages that it reports as sent:
 * - after a failed send, it gives the same sequence numbers to other messages, which a broker that has the first ones
 * drops as duplicates. So a producer is discarded after the first failed send, and replaced.
 * - when a partition moves to a broker that has answered already, while another broker is retried, its messages are
 * left out. So we check that each partition has answered.
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
      const { producer, addressed } = await connected()
      addressed.clear()
      try {
        const answers = await producer.send({ topic, acks: ALL_IN_SYNC, messages })
        const answered = new Set(answers.map(({ partition }) => partition))
        if (![...addressed].every((one) => answered.has(one)))
          throw new Error(`some partitions of ${topic} have not acknowledged`)
      } catch (error) {
        void giveUp() // with brokers down, it may take long
        throw error
      }
    },
    close: giveUp,
  }
}

type Connected = {
  readonly producer: Producer
  /** The partitions that the messages of the last send went to. */
  readonly addressed: Set<number>
}

const make = (kafka: Kafka): Connected => {
  const addressed = new Set<number>()
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    idempotent: true,
    maxInFlightRequests: 1,
    retry: PATIENT,
    createPartitioner: () => {
      // As Java's producers do, so that any other writer of an account's key chooses the same partition.
      const partitionOf = Partitioners.DefaultPartitioner()
      return (message) => {
        const partition = partitionOf(message)
        addressed.add(partition)
        return partition
      }
    },
  })
  return { producer, addressed }
}
