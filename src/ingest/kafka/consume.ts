import { type Admin, type Kafka, Partitioners } from 'kafkajs'
import * as E from '#fp/Either'
import type { Ledger } from '../../ledger/port.ts'
import type { AfterChunk } from './after-chunk.ts'
import { BRISK, kafkaClient } from './client/client.ts'
import { contact } from './client/contact.ts'
import { openSender } from './client/sender.ts'
import { deadLetterTopic } from './messages/dead-letter-topic.ts'
import { type GroupReading, openReading, partitionStates, type TopicLog } from './offsets/offsets.ts'
import {
  describeLoss,
  describeRecreated,
  describeStartsOver,
  lossesAtStart,
} from './offsets/retention-gaps.ts'
import { checkFingerprints, rewind } from './offsets/start.ts'
import type { ConsumeError, ConsumeInto, ConsumeRequest, ConsumeWatch } from './request.ts'
import { asKafkaError } from './run/kafka-error.ts'
import { PATIENCE, type RetryTask, retrying } from './run/retrying.ts'
import { openTroubles, PARTIES, type Party } from './run/troubles.ts'
import { CLOSE_WITHIN, waitAtMost } from './run/waiting.ts'
import { type Restart, readTopic } from './session.ts'
import { ensureTopic, findTopic, NoSuchTopic } from './topics/prepare-topics.ts'
import { isSameTopic, openTopics } from './topics/topics.ts'

/** A topic that was just created is not known to every broker yet: how long to look for it, in ms. */
const APPEARS_WITHIN = 2_000

/**
 * Consumes a topic's messages into a ledger, as a member of a consumer group, until `stop` aborts, the end is reached
 * (`untilEnd`) or something fails permanently. Effectively once: a message's offset is committed after its event is
 * on disk (or its dead letter, and sent to the topic for those) and what must be done after each chunk is done; a
 * redelivery is a duplicate. Errors that Kafka calls retriable are retried: for a limited time at the start and with
 * `untilEnd`, otherwise forever. A topic that is deleted and created again, now or since the group last read it, is
 * read from its start.
 */
export const consume = async (
  request: ConsumeRequest,
  into: ConsumeInto,
  watch: ConsumeWatch,
  stop: AbortSignal,
): Promise<E.Either<ConsumeError, void>> => {
  const reached = await contact(request.kafka)
  if (E.isLeft(reached)) return reached
  const troubles = openTroubles(watch.onRemark)
  const clientOf = (party: Party): Kafka =>
    kafkaClient(request.kafka, {
      remark: watch.onRemark,
      trouble: (reason) => troubles.hit(party, reason),
    })
  // What is asked here is also retried and reported here.
  const asking = kafkaClient(request.kafka, { remark: watch.onRemark, trouble: () => {} }, BRISK)
  const admin = asking.admin()
  const topics = openTopics(asking)
  const sending = clientOf('producer')
  const producer = sending.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner, // set explicitly, or kafkajs warns that its default has changed
  })
  const sender = openSender(sending)
  const { topic } = request
  const patient = request.patience ?? PATIENCE
  try {
    let before: Restart | null = null
    let afterChunk: AfterChunk | undefined
    for (;;) {
      const patience = before === null || request.untilEnd ? patient : null
      const retry = retrying({
        troubles,
        patience: (error) =>
          patience !== null && error instanceof NoSuchTopic ? Math.min(patience, APPEARS_WITHIN) : patience,
        stop,
      })
      await retry(() => admin.connect())
      await retry(() => producer.connect())
      const found = await retry(() => findTopic(topics, topic, before !== null))
      const prepared = await retry(() =>
        ensureTopic(admin, topics, { name: deadLetterTopic(topic), purpose: 'dead letters' }),
      )
      if (E.isLeft(prepared)) return prepared
      if (afterChunk === undefined && into.afterChunk !== undefined) {
        const opened = await into.afterChunk({ admin, topics, sender, retry, remark: watch.onRemark })
        if (E.isLeft(opened)) return opened
        afterChunk = opened.right
      }
      const isNew = before !== null && !isSameTopic(found.id, before.log.id)
      if (before !== null && isNew) {
        const message = describeRecreated(topic, before.unread)
        watch.onRemark({ level: 'warning', message, isLoss: true })
      }
      const log: TopicLog = { id: found.id, cut: isNew ? new Set() : (before?.log.cut ?? new Set()) }
      const start = { admin, request, log, isFirst: before === null, retry }
      const reading = await startReading(start, into.ledger, watch)
      if (E.isLeft(reading)) return reading
      const ended = await readTopic(
        { kafka: clientOf('consumer'), admin, topics, producer, afterChunk, troubles },
        {
          request,
          into,
          watch,
          stop,
          log,
          reading: reading.right,
          patience: request.untilEnd ? patient : null,
        },
      )
      if (E.isLeft(ended)) return ended
      if (ended.right.kind === 'done') {
        if (!stop.aborted) for (const party of PARTIES) troubles.recovered(party)
        return E.right(undefined)
      }
      before = ended.right
    }
  } catch (error) {
    return stop.aborted ? E.right(undefined) : E.left(asKafkaError(error))
  } finally {
    await waitAtMost(
      CLOSE_WITHIN,
      Promise.allSettled([admin.disconnect(), topics.close(), producer.disconnect(), sender.close()]),
    )
  }
}

type Start = {
  readonly admin: Admin
  readonly request: ConsumeRequest
  readonly log: TopicLog
  /** Nothing was read before by this consumer. */
  readonly isFirst: boolean
  readonly retry: RetryTask
}

/** Checks what the group has read so far, and returns where reading starts. */
const startReading = async (
  { admin, request, log, isFirst, retry }: Start,
  ledger: Ledger,
  watch: ConsumeWatch,
): Promise<E.Either<ConsumeError, GroupReading>> => {
  const { topic, groupId, fromStart } = request
  const found = await retry(() => partitionStates(admin, topic, groupId))
  const rewinds = fromStart && isFirst
  const states = rewinds ? await retry(() => rewind(admin, found, { topic, groupId })) : E.right(found)
  if (E.isLeft(states)) return states
  const ours = await checkFingerprints(ledger, states.right, { topic, groupId })
  if (E.isLeft(ours)) return ours
  const head = await ledger.end()
  if (E.isLeft(head)) return E.left({ kind: 'ledger', error: head.left })
  if (isFirst) {
    if (log.id === null) watch.onRemark({ level: 'warning', message: NO_IDS })
    const losses = lossesAtStart(states.right, log, head.right !== null)
    const messages = [
      ...losses.map((loss) => describeLoss(topic, loss)),
      ...describeStartsOver(topic, states.right, log),
    ]
    for (const message of messages) watch.onRemark({ level: 'warning', message, isLoss: true })
  }
  const reading = openReading(states.right, log)
  watch.onStart(states.right.length, reading.lag())
  return E.right(reading)
}

const NO_IDS =
  'these brokers do not report topic ids (Kafka does since 2.8): if a topic is deleted and created again, this is only ' +
  'detected while the new topic is shorter than what was read of the old one'
