import { type EachBatchPayload, type Kafka, Partitioners } from 'kafkajs'
import { answersTo, type Declined, type Request } from './answers.ts'

/** Where requests come from, where events go, and the name of this service: run one process with it. */
export type Topics = { readonly requests: string; readonly events: string; readonly service: string }

/**
 * Carries out requests as they come. What it publishes and how far it has read are committed in one transaction, so that each
 * request is answered once, whenever this process is killed. kafkajs reads only what is committed.
 */
export const followRequests = async (
  kafka: Kafka,
  { requests, events, service }: Topics,
  undo: (request: Request) => Promise<Declined>,
) => {
  const consumer = kafka.consumer({ groupId: service })
  const producer = kafka.producer({
    ...{ transactionalId: service, idempotent: true, maxInFlightRequests: 1 },
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  const eachBatch = async ({ batch }: EachBatchPayload): Promise<void> => {
    const messages = batch.messages.flatMap(({ value }) =>
      value === null ? [] : [JSON.parse(String(value))],
    )
    const withdrawn = new Set(
      messages.flatMap(({ type, requestId }) => (type === 'reinstatement.withdrawal.v1' ? [requestId] : [])),
    )
    const open = messages.filter(
      ({ type, requestId }) => type === 'reinstatement.request.v1' && !withdrawn.has(requestId),
    )
    const transaction = await producer.transaction()
    try {
      for (const request of open) {
        const answers = answersTo(request, await undo(request))
        const time = new Date().toISOString()
        const headers = { 'content-type': 'application/cloudevents+json' }
        await transaction.send({
          topic: events,
          messages: answers.map((answer) => ({
            ...{ key: answer.subject, value: JSON.stringify({ ...answer, time }), headers },
          })),
        })
      }
      const next = { partition: batch.partition, offset: String(Number(batch.lastOffset()) + 1) }
      await transaction.sendOffsets({
        consumerGroupId: service,
        topics: [{ topic: requests, partitions: [next] }],
      })
      await transaction.commit()
    } catch (error) {
      await transaction.abort()
      throw error
    }
  }
  await producer.connect()
  await consumer.connect()
  await consumer.subscribe({ topics: [requests], fromBeginning: true })
  await consumer.run({ autoCommit: false, eachBatch })
  return {
    stop: async (): Promise<void> => {
      await consumer.disconnect()
      await producer.disconnect()
    },
  }
}
