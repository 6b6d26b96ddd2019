import { type ICustomPartitioner, type Message, Partitioners, type Producer } from 'kafkajs'

/** Sends with a producer that was made with this partitioner, and takes nothing for sent that was not acknowledged. */
export type AcknowledgedSends = {
  readonly createPartitioner: ICustomPartitioner
  /** Answers when all in-sync replicas have the messages. Must not be called before the last call has answered. */
  readonly send: (through: Pick<Producer, 'send'>, topic: string, messages: Message[]) => Promise<void>
}

const ALL_IN_SYNC = -1

/**
 * Works around a bug of kafkajs 2.2.4: when a partition moves to a broker that has answered already, while another broker is
 * retried, its messages are left out, and reported as sent. So we check that each partition has answered.
 */
export const acknowledgedSends = (): AcknowledgedSends => {
  /** The partitions that the messages of the last send went to. */
  const addressed = new Set<number>()
  return {
    createPartitioner: () => {
      // As Java's producers do, so that any other writer of an account's key chooses the same partition.
      const partitionOf = Partitioners.DefaultPartitioner()
      return (message) => {
        const partition = partitionOf(message)
        addressed.add(partition)
        return partition
      }
    },
    send: async (through, topic, messages) => {
      addressed.clear()
      const answers = await through.send({ topic, acks: ALL_IN_SYNC, messages })
      const answered = new Set(answers.map(({ partition }) => partition))
      if (![...addressed].every((one) => answered.has(one))) {
        throw new Error(`some partitions of ${topic} have not acknowledged`)
      }
    },
  }
}
