import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'

/** A decision that is about to be made: who or what decides, and the rules and detectors whose flags it goes by. */
export type Decision = {
  readonly decidedBy: { readonly kind: string; readonly id: string }
  readonly grounds: ReadonlyArray<{ ruleset: string; version: string; rule: string; detector: object }>
}

/** Whether all that a hold names is as it says. */
const fits = (named: unknown, found: unknown): boolean =>
  typeof named === 'object' && named !== null
    ? Object.entries(named).every(([name, part]) => fits(part, Object(found)[name]))
    : named === found

/** Follows the holds. Answers once it knows all that stand: who acts before that may act on what is on hold. */
export const followHolds = async (kafka: Kafka, topic: string) => {
  const standing = new Map<string, unknown>()
  const admin = kafka.admin()
  await admin.connect()
  const filled = (await admin.fetchTopicOffsets(topic)).filter(({ low, high }) => low !== high)
  await admin.disconnect()
  const unread = new Map(filled.map(({ partition, high }) => [partition, Number(high)]))
  const { promise: isRead, resolve } = Promise.withResolvers<void>()
  if (unread.size === 0) resolve()

  // A group of its own, because each process needs all holds. kafkajs reads only what is committed.
  const consumer = kafka.consumer({ groupId: `honours-holds-${randomUUID()}` })
  consumer.on('consumer.end_batch_process', ({ payload: { partition, lastOffset } }) => {
    if (Number(lastOffset) + 1 >= (unread.get(partition) ?? 0)) unread.delete(partition)
    if (unread.size === 0) resolve()
  })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
    if (message.value === null) return
    const { holdId, state, key } = JSON.parse(String(message.value))
    if (state === 'requested') standing.set(holdId, key)
    else standing.delete(holdId)
  }
  await consumer.run({ autoCommit: false, eachMessage })
  await isRead

  /** The holds that a decision falls under: ask right before each. */
  const over = ({ decidedBy, grounds }: Decision): ReadonlyArray<string> =>
    [...standing].flatMap(([holdId, key]) =>
      [{}, ...grounds].some((ground) => fits(key, { ...ground, decidedBy })) ? [holdId] : [],
    )
  return { over, stop: () => consumer.disconnect() }
}
