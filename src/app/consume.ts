import * as E from '#fp/Either'
import type { Trust } from '../ingest/accept/admit.ts'
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

/** Told what happens; `onDurable` with what became of all messages so far. */
export type ConsumeTopicWatch = Omit<ConsumeWatch, 'onDurable'> & {
  readonly onDurable: (outcome: BatchOutcome, tally: IngestTally) => void
}

export type ConsumeOptions = RecordingPlace & {
  readonly kafka: KafkaSettings
  readonly topic: string
  /** The consumer group. */
  readonly group: string
  /** Whose rulesets are taken. */
  readonly trust: Trust
  /** End when all that is in the topic at the start is taken in. */
  readonly untilEnd: boolean
  /** Read again what the group has read before. */
  readonly fromStart: boolean
  /** Where the states of accounts are sent; null: nowhere. */
  readonly accountsTopic: string | null
  /** Ends it; what was taken in by then stays. */
  readonly signal: AbortSignal
  /** Called when the ledger is open and the broker is asked. */
  readonly onOpen: () => void
  readonly watch: ConsumeTopicWatch
}

/** What was taken in, all of it on disk. */
export type ConsumedTopic = {
  readonly tally: IngestTally
  /** Messages that are not taken in yet, as far as is known. */
  readonly lag: number
  /** What was said of messages that may be lost. */
  readonly losses: ReadonlyArray<string>
  /** How many states of accounts were sent. */
  readonly statesSent: number
  /** Why it could not go on; null where it was told to stop, or came to the end. */
  readonly failure: AppError | null
}

/**
 * Takes in a topic, as a member of a consumer group, until it is told to stop, or its end is reached, or it cannot go on.
 * What is refused is kept as a dead letter. An error: nothing was taken in.
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
  const done = await withIngestor(stores.right, trust, (ingestor) => {
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

const WHAT_STAYS = 'What is counted is on disk. Run it again when that is mended; nothing is doubled.'

const describe = (error: ConsumeError): string => {
  switch (error.kind) {
    case 'unreachable':
    case 'topic':
    case 'not_ready':
    case 'other_ledger':
      return error.message
    case 'crashed':
      return `the consumer ended: ${error.message}`
    default:
      return describeIngestError(error)
  }
}
