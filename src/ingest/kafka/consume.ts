import { type Admin, type Consumer, type Kafka, Partitioners, type Producer } from 'kafkajs'
import * as E from '#fp/Either'
import type * as TE from '#fp/TaskEither'
import type { Ledger } from '../../ledger/port.ts'
import type { BatchOutcome, IngestError, Ingestor } from '../pipeline.ts'
import { BRIEF, type KafkaRemark, type KafkaSettings, kafkaClient, PATIENT } from './client.ts'
import { type KafkaError, reasonOf } from './errors.ts'
import { describeLoss, lossesAtStart } from './losses.ts'
import { openReading, partitionStates, type Reading } from './offsets.ts'
import { prepareTopics } from './prepare-topics.ts'
import { openPublisher, type PublishAccounts } from './publish-accounts.ts'
import { openSender } from './sender.ts'
import { checkMarks, type GroupTopic, rewind } from './start.ts'
import { batchHandler, HEARTBEAT } from './take-batch.ts'
import { repeat, within } from './waiting.ts'

export type ConsumeRequest = GroupTopic & {
  readonly kafka: KafkaSettings
  /** End when all that was in the topic at the start is taken in. */
  readonly untilEnd: boolean
  /** Read again what the group has read before. */
  readonly fromStart: boolean
  /** Where the state of each account goes that something is taken in of; left out: nowhere. */
  readonly accountsTopic?: string
}

export type ConsumeInto = { readonly ledger: Ledger; readonly ingestor: Ingestor }

/** Told what happens; all of it in passing, nothing waits for an answer. */
export type ConsumeWatch = {
  /** Reading starts: so many partitions, so many messages to be read. */
  readonly onStart: (partitions: number, lag: number) => void
  /** All of a batch is on disk, and its dead letters too. */
  readonly onDurable: (outcome: BatchOutcome) => void
  /** So many states of accounts are in the topic for them, all that a batch changed. */
  readonly onPublished?: (states: number) => void
  /** Messages that are not taken in yet, whenever that is known anew. */
  readonly onLag: (lag: number) => void
  readonly onRemark: (remark: KafkaRemark) => void
}

export type ConsumeError = KafkaError | IngestError

/** How often the brokers are asked how far the topic goes, in ms. */
const LOOK_EVERY = 2_000
/** How long a consumer may take to finish what it has begun and to leave its group, in ms. */
const LEAVE_WITHIN = 10_000
/** How long other connections may take to close, in ms: brokers that are away answer nothing. */
const CLOSE_WITHIN = 2_000

/**
 * Takes a topic's messages into a ledger, as a member of a consumer group, until `stop` aborts, the end is reached
 * (`untilEnd`) or something fails for good. Effectively once: a message's offset is committed after its event is on disk
 * (or its dead letter, and sent to the topic for those) and the states of the batch's accounts are in the topic for them,
 * where one is named; what comes again is a duplicate. A broker that goes away is waited for.
 */
export const consume =
  (
    request: ConsumeRequest,
    into: ConsumeInto,
    watch: ConsumeWatch,
    stop: AbortSignal,
  ): TE.TaskEither<ConsumeError, void> =>
  async () => {
    const reached = await contact(request.kafka)
    if (E.isLeft(reached)) return reached
    const kafka = kafkaClient(request.kafka, watch.onRemark)
    const admin = kafka.admin()
    const producer = kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner, // named, or kafkajs warns that its default has changed
    })
    const sender = openSender(kafka)
    try {
      await admin.connect()
      await producer.connect()
      const prepared = await prepareTopics(admin, request.topic)
      if (E.isLeft(prepared)) return prepared
      const publish = await openPublisher({ admin, sender, ledger: into.ledger }, request, watch.onRemark)
      if (E.isLeft(publish)) return publish
      const reading = await startReading(admin, request, into.ledger, watch)
      if (E.isLeft(reading)) return reading
      const connections = { kafka, admin, producer, publish: publish.right, reading: reading.right }
      return await run(connections, request, into, watch, stop)
    } catch (error) {
      return E.left({ kind: 'crashed', message: reasonOf(error) })
    } finally {
      await within(
        CLOSE_WITHIN,
        Promise.allSettled([admin.disconnect(), producer.disconnect(), sender.close()]),
      )
    }
  }

/** Whether a broker answers and lets us in, found out soon: later on brokers are waited for. */
const contact = async (settings: KafkaSettings): Promise<E.Either<KafkaError, void>> => {
  const admin = kafkaClient(settings, () => {}, BRIEF).admin()
  try {
    await admin.connect()
    await admin.describeCluster()
    return E.right(undefined)
  } catch (error) {
    return E.left({
      kind: 'unreachable',
      message: `no answer from ${settings.brokers.join(', ')}: ${reasonOf(error)}`,
    })
  } finally {
    await admin.disconnect().catch(() => {})
  }
}

/** Looks at what the group has read so far, and says where reading starts. */
const startReading = async (
  admin: Admin,
  { topic, groupId, fromStart }: ConsumeRequest,
  ledger: Ledger,
  watch: ConsumeWatch,
): Promise<E.Either<ConsumeError, Reading>> => {
  const found = await partitionStates(admin, topic, groupId)
  const states = fromStart ? await rewind(admin, found, { topic, groupId }) : E.right(found)
  if (E.isLeft(states)) return states
  const ours = await checkMarks(ledger, states.right, { topic, groupId })
  if (E.isLeft(ours)) return ours
  const head = await ledger.end()
  if (E.isLeft(head)) return E.left({ kind: 'ledger', error: head.left })
  const losses = lossesAtStart(states.right, head.right !== null)
  for (const loss of losses) watch.onRemark({ level: 'warning', message: describeLoss(topic, loss) })
  const reading = openReading(states.right)
  watch.onStart(states.right.length, reading.lag())
  return E.right(reading)
}

type Connections = {
  readonly kafka: Kafka
  readonly admin: Admin
  readonly producer: Producer
  readonly publish: PublishAccounts | null
  readonly reading: Reading
}

const run = async (
  { kafka, admin, producer, publish, reading }: Connections,
  { topic, groupId, untilEnd }: ConsumeRequest,
  into: ConsumeInto,
  watch: ConsumeWatch,
  stop: AbortSignal,
): Promise<E.Either<ConsumeError, void>> => {
  const end = ending(stop)
  const consumer = kafka.consumer({
    groupId,
    // So long the group waits for a consumer that was killed.
    sessionTimeout: 10_000,
    rebalanceTimeout: 60_000,
    heartbeatInterval: HEARTBEAT,
    // A waiting fetch holds up heartbeats, and whoever wants to stop.
    maxWaitTimeInMs: 1_000,
    allowAutoTopicCreation: false,
    // Once reading has ended a consumer that failed must not come back, and hold partitions for nobody.
    retry: { ...PATIENT, restartOnFailure: async () => !end.isOver() },
  })
  const advance = (partition: number, next: bigint): void => {
    reading.advance(partition, next)
    watch.onLag(reading.lag())
    if (untilEnd && reading.reachedStart()) end.reach()
  }
  watchConsumer(consumer, end.fail, advance)
  const look = async (): Promise<void> => {
    const states = await partitionStates(admin, topic, groupId)
    for (const loss of reading.observe(states)) {
      watch.onRemark({ level: 'warning', message: describeLoss(topic, loss) })
    }
    watch.onLag(reading.lag())
    const ours = await checkMarks(into.ledger, states, { topic, groupId })
    if (E.isLeft(ours)) end.fail(ours.left)
    else if (untilEnd && reading.reachedStart()) end.reach()
  }
  // A broker that does not answer says so through the consumer; here the next look tries again.
  const looking = repeat(LOOK_EVERY, () => look().catch(() => {}))
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 2,
      eachBatch: batchHandler({ ...into, ...watch, producer, publish, fail: end.fail, advance }),
    })
    if (untilEnd && reading.reachedStart()) end.reach()
    return await end.reached
  } finally {
    end.reach()
    const left = consumer.disconnect().catch(() => {})
    await Promise.all([within(CLOSE_WITHIN, looking.stop()), within(LEAVE_WITHIN, left)])
  }
}

/** Tells of a consumer that has ended for good, and of messages that are passed by without coming to the handler. */
const watchConsumer = (
  consumer: Consumer,
  fail: (error: ConsumeError) => void,
  advance: (partition: number, next: bigint) => void,
): void => {
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) fail({ kind: 'crashed', message: reasonOf(payload.error) })
  })
  consumer.on(consumer.events.RECEIVED_UNSUBSCRIBED_TOPICS, ({ payload }) => {
    fail({
      kind: 'topic',
      message: `others of the group ${payload.groupId} read ${payload.topicsNotSubscribed.join(', ')}; a group reads one topic: give this one another with --group`,
    })
  })
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    // Markers and aborted messages of transactions.
    if (payload.batchSize === 0) advance(payload.partition, BigInt(payload.lastOffset) + 1n)
  })
}

type Ending = {
  readonly reached: Promise<E.Either<ConsumeError, void>>
  readonly reach: () => void
  readonly fail: (error: ConsumeError) => void
  readonly isOver: () => boolean
}

/** What comes first: a failure, the end, or the wish to stop. */
const ending = (stop: AbortSignal): Ending => {
  const { promise, resolve } = Promise.withResolvers<E.Either<ConsumeError, void>>()
  let isOver = false
  const settle = (result: E.Either<ConsumeError, void>): void => {
    isOver = true
    resolve(result)
  }
  const reach = (): void => settle(E.right(undefined))
  if (stop.aborted) reach()
  stop.addEventListener('abort', reach, { once: true })
  return { reached: promise, reach, fail: (error) => settle(E.left(error)), isOver: () => isOver }
}
