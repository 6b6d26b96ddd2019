import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import { BRISK } from '../kafka/client/client.ts'
import { Passing } from '../kafka/errors.ts'
import { CLOSE_WITHIN, waitAtMost } from '../kafka/run/waiting.ts'
import type { OwnTopic } from '../kafka/topics/prepare-topics.ts'
import { CLEANUP_POLICY } from '../kafka/topics/settings.ts'
import { cursorBytes, cursorFrom, type TopicCursor } from './cursor.ts'
import type { OutgoingMessage } from './transactions.ts'

/** Where it is kept how far each topic was told of each ledger. One partition, so that their order is known. */
export const cursorsTopic = {
  name: 'redress.cursors',
  purpose: 'cursors',
  // It is read as a whole at each start: small segments are compacted soon.
  settings: { [CLEANUP_POLICY]: 'compact', 'segment.bytes': '16777216', 'min.cleanable.dirty.ratio': '0.1' },
  partitions: 1,
} satisfies OwnTopic

/** The partition of an existing topic that may have more. */
const PARTITION = 0
/** How long it may take to read the topic, in ms. */
const READ_WITHIN = 60_000

/** `of`: a topic, or a sender. */
const keyOf = (of: string, ledger: string): string => `${of}/${ledger}`

/** The message that says how far a topic was told of a ledger. */
export const cursorMessage = (topic: string, ledger: string, cursor: TopicCursor): OutgoingMessage => ({
  key: keyOf(topic, ledger),
  value: cursorBytes(cursor),
  headers: { 'content-type': 'application/json' },
  partition: PARTITION,
})

/** Who sends of a ledger; `mark` is of this start, and no other. */
export type Start = { readonly ledger: string; readonly sender: string; readonly mark: string }

/** The message that says that a sender started: no cursors of another of its name come after it. */
export const startMessage = ({ ledger, sender, mark }: Start): OutgoingMessage => ({
  key: keyOf(sender, ledger),
  value: Buffer.from(mark),
  headers: { 'content-type': 'text/plain' },
  partition: PARTITION,
})

/** Another version of Redress has sent. */
export class UnknownCursor extends Error {}

/**
 * The cursors of a ledger, by topic, that were committed before a start, which must be committed. Rejects as kafkajs does, and
 * with `UnknownCursor`.
 */
export const readCursors = async (
  kafka: Kafka,
  topics: ReadonlyArray<string>,
  start: Start,
): Promise<ReadonlyMap<string, TopicCursor>> => {
  const consumer = kafka.consumer({
    // A group of its own, without offsets: it is gone when it has read.
    groupId: `redress.cursors.${randomUUID()}`,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 500,
    retry: { ...BRISK, restartOnFailure: async () => false },
  })
  const found = new Map<string, Buffer>()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
  const timer = setTimeout(() => {
    reject(new Passing(`the topic ${cursorsTopic.name} could not be read within ${READ_WITHIN / 1_000} s`))
  }, READ_WITHIN)
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [cursorsTopic.name], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ message: { key, value } }) => {
        if (key === null || value === null) return
        found.set(key.toString(), value)
        if (value.toString() === start.mark) resolve()
      },
    })
    await promise
  } finally {
    clearTimeout(timer)
    await waitAtMost(
      CLOSE_WITHIN,
      consumer.disconnect().catch(() => {}),
    )
  }
  return new Map(
    topics.flatMap((topic): ReadonlyArray<readonly [string, TopicCursor]> => {
      const bytes = found.get(keyOf(topic, start.ledger))
      if (bytes === undefined) return []
      const cursor = cursorFrom(bytes)
      if (cursor === null)
        throw new UnknownCursor(
          `the cursor of ${topic} in ${cursorsTopic.name} was written by another version of Redress: use that one`,
        )
      return [[topic, cursor]]
    }),
  )
}
