import type { Admin, Consumer, Kafka, Producer } from 'kafkajs'
import * as E from '#fp/Either'
import type { AfterChunk } from './after-chunk.ts'
import { PATIENT } from './client/client.ts'
import { isRetriable, reasonOf } from './errors.ts'
import { type Joins, watchJoins } from './offsets/joins.ts'
import { type GroupReading, type Loss, partitionStates, type TopicLog } from './offsets/offsets.ts'
import { describeLoss, describeLostEnd } from './offsets/retention-gaps.ts'
import { checkFingerprints } from './offsets/start.ts'
import type { ConsumeError, ConsumeInto, ConsumeRequest, ConsumeWatch } from './request.ts'
import { openEnding } from './run/ending.ts'
import { type RetryTask, retrying } from './run/retrying.ts'
import type { Troubles } from './run/troubles.ts'
import { CLOSE_WITHIN, repeat, waitAtMost } from './run/waiting.ts'
import { batchHandler, HEARTBEAT } from './take-batch.ts'
import { describeDeleted } from './topics/prepare-topics.ts'
import { isSameTopic, type Topics } from './topics/topics.ts'

export type Connections = {
  /** For the consumer. */
  readonly kafka: Kafka
  readonly admin: Admin
  readonly topics: Topics
  readonly producer: Producer
  readonly afterChunk: AfterChunk | undefined
  readonly troubles: Troubles
}

/** Why reading ended without a failure: there is no more to do, or it must restart with the topic as it is now. */
export type Ended = { readonly kind: 'done' } | Restart
export type Restart = {
  readonly kind: 'restart'
  /** The topic that was read. */
  readonly log: TopicLog
  /** What was seen of it but not read. */
  readonly unread: ReadonlyArray<Loss>
}

type Session = {
  readonly request: ConsumeRequest
  readonly into: ConsumeInto
  readonly watch: ConsumeWatch
  readonly stop: AbortSignal
  /** How long trouble may last, in ms; null: forever. */
  readonly patience: number | null
  readonly log: TopicLog
  readonly reading: GroupReading
}

/** How often the brokers are asked for the topic's end, and whether it is still the same topic, in ms. */
const LOOK_EVERY = 2_000
/** How long a consumer may take to finish its work and to leave its group, in ms. */
const LEAVE_WITHIN = 10_000
/** kafkajs retries within ten seconds: a consumer without trouble for this long has recovered. */
const QUIET = 12_000
/** A send may wait this long for an answer before it is retried, and producers are often idle. */
const QUIET_SENDING = 45_000

/**
 * Reads one topic as a member of the group: the one with the id it had at the start. All offsets are committed for
 * that id, including those of a topic that has replaced it unnoticed, so that nobody trusts them.
 */
export const readTopic = async (
  { kafka, admin, topics, producer, afterChunk, troubles }: Connections,
  { request, into, watch, stop, patience, log, reading }: Session,
): Promise<E.Either<ConsumeError, Ended>> => {
  const { topic, groupId, untilEnd } = request
  const end = openEnding<ConsumeError, Ended>(stop, { kind: 'done' })
  const over = new AbortController()
  const states = () => partitionStates(admin, topic, groupId)
  const warn = (message: string): void => watch.onRemark({ level: 'warning', message, isLoss: true })
  const restart = (cut: ReadonlyArray<number> = []): void =>
    end.reach({
      kind: 'restart',
      log: { id: log.id, cut: new Set([...log.cut, ...cut]) },
      unread: reading.unread(),
    })
  const crash = (error: unknown): void => {
    if (end.isOver()) return
    if (isRetriable(error)) {
      troubles.hit('consumer', reasonOf(error))
      restart()
    } else end.fail({ kind: 'crashed', message: reasonOf(error) })
  }

  const consumer = kafka.consumer({
    groupId,
    // The group waits this long for a consumer that was killed.
    sessionTimeout: 10_000,
    rebalanceTimeout: 60_000,
    heartbeatInterval: HEARTBEAT,
    // A waiting fetch delays heartbeats, and a stop.
    maxWaitTimeInMs: 1_000,
    // Nothing is fetched while messages are ingested: with 1 and 10 MiB, kafkajs's defaults, a filled topic is read at
    // four fifths of a file's speed.
    maxBytesPerPartition: 4 * 1024 * 1024,
    maxBytes: 32 * 1024 * 1024,
    allowAutoTopicCreation: false,
    // After reading has ended, a failed consumer must not restart and hold partitions idle.
    retry: { ...PATIENT, restartOnFailure: async () => !end.isOver() },
  })
  // Closed with the session: whatever waits for it waits until then.
  const retry: RetryTask = retrying({ troubles, patience: () => null, stop: over.signal })
  const joins = watchJoins({ consumer, topic, log, states, retry, fail: crash })

  /** Whether the topic is still the one that is read. */
  const isSame = async (): Promise<boolean> => {
    const found = await topics.find(topic)
    if (found !== null && isSameTopic(found.id, log.id)) return true
    if (found === null && untilEnd) {
      end.fail({ kind: 'topic', message: `the topic ${topic} was deleted while it was being read` })
    } else {
      if (found === null && !end.isOver()) troubles.hit('admin', describeDeleted(topic))
      restart()
    }
    return false
  }
  const look = async (): Promise<void> => {
    if (!(await isSame())) return
    const before = reading.nexts()
    const found = await states()
    const { losses, cut } = reading.observe(found, before)
    for (const loss of losses) warn(describeLoss(topic, loss))
    watch.onLag(reading.lag())
    const ours = await checkFingerprints(into.ledger, found, { topic, groupId })
    if (E.isLeft(ours)) return end.fail(ours.left)
    if (end.isOver()) return
    for (const { partition, high, committed } of found) {
      if (cut.includes(partition)) {
        warn(describeLostEnd(topic, partition, high, before.get(partition) ?? committed ?? 0n))
      }
    }
    if (cut.length > 0) return restart(cut)
    if (untilEnd && reading.reachedStart() && (await isSame())) end.reach({ kind: 'done' })
  }
  const checkAndReport = async (): Promise<void> => {
    try {
      await look()
      troubles.recovered('admin')
      troubles.recovered('producer', QUIET_SENDING)
    } catch (error) {
      if (!end.isOver()) troubles.hit('admin', reasonOf(error))
    }
    if (patience !== null && troubles.duration() > patience) {
      end.fail({ kind: 'not_ready', message: `Kafka was not ready for ${Math.round(patience / 1000)} s` })
    }
  }
  const looking = repeat(LOOK_EVERY, checkAndReport)

  const advance = (partition: number, next: bigint): void => {
    reading.advance(partition, next)
    watch.onLag(reading.lag())
    if (untilEnd && reading.reachedStart()) void checkAndReport()
  }
  watchConsumer(consumer, { joins, troubles, advance, crash, fail: end.fail })
  try {
    await retry(() => consumer.connect())
    await retry(() => consumer.subscribe({ topics: [topic], fromBeginning: true }))
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // What is fetched of several partitions is written together.
      partitionsConsumedConcurrently: 16,
      eachBatch: batchHandler({
        ...into,
        ...watch,
        ...{ topicId: log.id, settled: joins.settled, producer, afterChunk, fail: end.fail },
        advance: (partition, next) => {
          troubles.recovered('producer')
          advance(partition, next)
        },
      }),
    })
    if (untilEnd && reading.reachedStart()) void checkAndReport()
    return await end.ended
  } finally {
    end.reach({ kind: 'done' })
    over.abort()
    const left = consumer.disconnect().catch(() => {})
    await Promise.all([waitAtMost(CLOSE_WITHIN, looking.stop()), waitAtMost(LEAVE_WITHIN, left)])
  }
}

type ConsumerHandlers = {
  readonly joins: Joins
  readonly troubles: Troubles
  readonly advance: (partition: number, next: bigint) => void
  readonly crash: (error: unknown) => void
  readonly fail: (error: ConsumeError) => void
}

/** Reports a consumer that has ended, and messages that are skipped without reaching the handler. */
const watchConsumer = (
  consumer: Consumer,
  { joins, troubles, advance, crash, fail }: ConsumerHandlers,
): void => {
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (payload.restart) troubles.hit('consumer', reasonOf(payload.error))
    else crash(payload.error)
  })
  consumer.on(consumer.events.FETCH, () => troubles.recovered('consumer', QUIET))
  consumer.on(consumer.events.RECEIVED_UNSUBSCRIBED_TOPICS, ({ payload }) => {
    fail({
      kind: 'topic',
      message: `the group ${payload.groupId} is already subscribed to ${payload.topicsNotSubscribed.join(', ')}; a group reads one topic: choose another with --group`,
    })
  })
  consumer.on(consumer.events.END_BATCH_PROCESS, async ({ payload }) => {
    // Markers and aborted messages of transactions.
    const { batchSize, partition, lastOffset } = payload
    if (batchSize > 0) return
    const wasSettled = joins.isSettled()
    const putBack = await joins.settled()
    // What was read from a wrong offset of the group is read again.
    if (wasSettled || !putBack.has(partition)) advance(partition, BigInt(lastOffset) + 1n)
  })
}
