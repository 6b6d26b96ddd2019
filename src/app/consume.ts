import * as E from '#fp/Either'
import type { Trust } from '../ingest/accept/trust.ts'
import { accountFeed } from '../ingest/account-feed/publish.ts'
import { accountsTopicClash } from '../ingest/account-feed/topic.ts'
import type { KafkaSettings } from '../ingest/kafka/client/client.ts'
import { consume } from '../ingest/kafka/consume.ts'
import type { ConsumeError, ConsumeWatch } from '../ingest/kafka/request.ts'
import { type BatchOutcome, describeIngestError } from '../ingest/pipeline/ingestor.ts'
import { type AppError, failed, invalid } from './error.ts'
import { emptyTally, type IngestTally, tallyUp, total } from './ingest/tally.ts'
import { withIngestor } from './ingest/with-ingestor.ts'
import { openStores, type RecordingPlace } from './stores.ts'

/** Observes consuming; `onDurable` also gets the tally of all messages so far. */
export type ConsumeTopicWatch = Omit<ConsumeWatch, 'onDurable'> & {
  readonly onDurable: (outcome: BatchOutcome, tally: IngestTally) => void
}

export type ConsumeOptions = RecordingPlace & {
  readonly kafka: KafkaSettings
  readonly topic: string
  /** The consumer group. */
  readonly group: string
  /** The sources whose rulesets and rescorings are accepted. */
  readonly trust: Trust
  /** Stop once everything in the topic at the start is ingested. */
  readonly untilEnd: boolean
  /** Read again what the group has read before. */
  readonly fromStart: boolean
  /** The topic that gets the states of accounts; null: none. */
  readonly accountsTopic: string | null
  /** Stops it; what was ingested by then stays. */
  readonly signal: AbortSignal
  /** Called once the ledger is open, before the broker is asked. */
  readonly onOpen: () => void
  readonly watch: ConsumeTopicWatch
}

/** What was ingested, all of it on disk. */
export type ConsumedTopic = {
  readonly tally: IngestTally
  /** Messages not ingested yet, as far as known. */
  readonly lag: number
  /** What was said of messages that may be lost. */
  readonly losses: ReadonlyArray<string>
  /** How many states of accounts were sent. */
  readonly statesSent: number
  /** Why it failed; null if it was stopped, or reached the end. */
  readonly failure: AppError | null
}

/**
 * Ingests a topic, as a member of a consumer group, until it is stopped, reaches the end, or fails. Rejected messages are
 * stored as dead letters. After an error, nothing was ingested.
 */
export const consumeTopic = async ({
  kafka,
  topic,
  group: groupId,
  trust,
  untilEnd,
  fromStart,
  accountsTopic,
  signal,
  onOpen,
  watch,
  ...place
}: ConsumeOptions): Promise<E.Either<AppError, ConsumedTopic>> => {
  const clash = accountsTopic === null ? null : accountsTopicClash(topic, accountsTopic)
  if (clash !== null) return invalid(clash)
  const stores = await openStores(place)
  if (E.isLeft(stores)) return stores
  const { ledger } = stores.right
  const tally = emptyTally()
  const losses: string[] = []
  let lag = 0
  let statesSent = 0
  const onPublished = (states: number): void => {
    statesSent += states
  }
  const counting: ConsumeWatch = {
    ...watch,
    onDurable: (outcome) => {
      tallyUp(tally, outcome)
      watch.onDurable(outcome, tally)
    },
    onLag: (so) => {
      lag = so
      watch.onLag(so)
    },
    onRemark: (remark) => {
      if (remark.isLoss === true) losses.push(remark.message)
      watch.onRemark(remark)
    },
  }
  const done = await withIngestor(stores.right, { trust }, (ingestor) => {
    onOpen()
    const feed =
      accountsTopic === null ? {} : { afterChunk: accountFeed(ledger, { topic, accountsTopic, onPublished }) }
    return consume(
      { kafka, topic, groupId, untilEnd, fromStart },
      { ledger, ingestor, ...feed },
      counting,
      signal,
    )
  })
  if (E.isRight(done)) return E.right({ tally, lag, losses, statesSent, failure: null })
  const message = describe(done.left)
  if (total(tally) === 0) return failed(message)
  return E.right({
    tally,
    lag,
    losses,
    statesSent,
    failure: { kind: 'failed', message, details: [WHAT_STAYS] },
  })
}

const WHAT_STAYS =
  'What is counted is on disk. Fix the problem and run it again; events already stored count as duplicates.'

const describe = (error: ConsumeError): string => {
  switch (error.kind) {
    case 'unreachable':
    case 'topic':
    case 'not_ready':
    case 'other_ledger':
      return error.message
    case 'crashed':
      return `the consumer stopped: ${error.message}`
    default:
      return describeIngestError(error)
  }
}
