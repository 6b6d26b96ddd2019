import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import * as E from '#fp/Either'
import {
  describeLedgerError,
  type Ledger,
  type LedgerError,
  type Pages,
  type Position,
  type SequencedEvent,
} from '../../ledger/port.ts'
import { readDecoded } from '../../ledger/read.ts'
import { BRIEF, type KafkaSettings, kafkaClient } from '../kafka/client/client.ts'
import { contact } from '../kafka/client/contact.ts'
import { isRetriable, type KafkaError, reasonOf } from '../kafka/errors.ts'
import type { KafkaRemark } from '../kafka/log-entry.ts'
import { asKafkaError } from '../kafka/run/kafka-error.ts'
import { PATIENCE } from '../kafka/run/retrying.ts'
import { openTroubles } from '../kafka/run/troubles.ts'
import { CLOSE_WITHIN, waitAtMost } from '../kafka/run/waiting.ts'
import { ledgerIdentity, type SentUpTo } from './cursor.ts'
import type { Feed } from './feed.ts'
import { openOutbox } from './outbox.ts'
import { prepareFeedTopics } from './prepare-feed-topics.ts'
import { cursorsTopic, readCursors, startMessage, UnknownCursor } from './read-cursors.ts'
import { startFeeds } from './start-feeds.ts'
import { Fenced, openTransactions } from './transactions.ts'

export type SendRequest = {
  readonly kafka: KafkaSettings
  /** Of two senders of a ledger with one name, only the later one goes on. */
  readonly sender: string
  readonly feeds: ReadonlyArray<Feed>
  /** End when everything that was in the ledger at the start is sent, or cannot be. */
  readonly untilEnd: boolean
}

export type SendRemarks = {
  readonly onRemark: (remark: KafkaRemark) => void
  /**
   * Called with the number of messages that were committed, cursors left out, and up to which event all topics are told now;
   * with 0 when it is ready to send (null: one was told nothing yet).
   */
  readonly onSent: (messages: number, upTo: SentUpTo | null) => void
  /** Called with the last event that was looked at. */
  readonly onRead: (sequence: number) => void
}

export type SendError =
  | KafkaError
  /** Another process sends from the ledger. */
  | { readonly kind: 'fenced'; readonly message: string }
  | { readonly kind: 'ledger'; readonly error: LedgerError }

export const describeSendError = (error: SendError): string =>
  error.kind === 'ledger' ? describeLedgerError(error.error) : error.message

/** Between attempts, in ms: the first pause, and the longest. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [1_000, 30_000]

/**
 * Sends what feeds make of a ledger's events to their topics, each message once for whoever reads what is committed: how far a
 * topic was told stands in a topic of its own, and is committed together with the messages. After any failure, it asks how far
 * that was, and goes on from there. Brokers that are down and a ledger that is unavailable are waited for, unless it is to end.
 * Another process that sends from the same ledger ends it.
 */
export const sendFromLedger = async (
  ledger: Ledger,
  request: SendRequest,
  { onRemark, onSent, onRead }: SendRemarks,
  stop: AbortSignal,
): Promise<E.Either<SendError, void>> => {
  if (request.untilEnd) {
    const reached = await contact(request.kafka)
    if (E.isLeft(reached)) return reached
  }
  const troubles = openTroubles(onRemark)
  const begun = performance.now()
  let reported: string | null = null
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const onWorks: SendRemarks['onSent'] = (messages, upTo) => {
      pause = FIRST_PAUSE
      reported = null
      troubles.recovered('producer')
      onSent(messages, upTo)
    }
    try {
      const ended = await sendUntilFailure(ledger, request, { onRemark, onSent: onWorks, onRead }, stop)
      if (request.untilEnd || stop.aborted || !isLedgerAway(ended)) return ended
      const message = `${describeLedgerError(ended.left.error)}; retrying`
      if (message !== reported) onRemark({ level: 'warning', message })
      reported = message
    } catch (error) {
      if (stop.aborted) return E.right(undefined)
      if (error instanceof Fenced) return E.left(fenced)
      if (error instanceof UnknownCursor) return E.left({ kind: 'topic', message: error.message })
      const isLate = performance.now() - begun > PATIENCE
      if (request.untilEnd && (isLate || !isRetriable(error))) return E.left(asKafkaError(error))
      troubles.hit('producer', reasonOf(error))
    }
    await setTimeout(pause, undefined, { signal: stop }).catch(() => {})
  }
}

/** Whether the ledger could not be read for now. */
const isLedgerAway = (
  ended: E.Either<SendError, void>,
): ended is E.Left<Extract<SendError, { readonly kind: 'ledger' }>> =>
  E.isLeft(ended) && ended.left.kind === 'ledger' && ended.left.error.kind === 'unavailable'

const fenced = {
  kind: 'fenced',
  message: 'another process sends from this ledger to these brokers now, so this one has stopped sending',
} as const

/** Rejects with what may be retried. */
const sendUntilFailure = async (
  ledger: Ledger,
  { kafka: settings, sender, feeds, untilEnd }: SendRequest,
  { onRemark, onSent, onRead }: SendRemarks,
  stop: AbortSignal,
): Promise<E.Either<SendError, void>> => {
  const pagesAfter = (position: Position | null): Pages<SequencedEvent> =>
    untilEnd ? ledger.readAll(position) : ledger.follow(position, stop)
  const identity = await ledgerIdentity(pagesAfter(null))
  if (E.isLeft(identity)) return E.left({ kind: 'ledger', error: identity.left })
  if (identity.right === null) return E.right(undefined)
  const start = { ledger: identity.right, sender, mark: randomUUID() }
  // What is retried here is also reported here.
  const kafka = kafkaClient(settings, { remark: withoutErrors(onRemark), trouble: () => {} }, BRIEF)
  const topics = feeds.map(({ topic }) => topic)
  const transactions = openTransactions(kafka, `redress.${sender}.${identity.right}`)
  try {
    const ready = await prepareFeedTopics(kafka, [cursorsTopic, ...topics], onRemark)
    if (E.isLeft(ready)) return ready
    await transactions.connect()
    await transactions.commit(new Map([[cursorsTopic.name, [startMessage(start)]]]))
    const cursors = await readCursors(
      kafka,
      topics.map(({ name }) => name),
      start,
    )
    const started = await startFeeds(ledger, feeds, cursors, onRemark)
    if (E.isLeft(started)) return E.left({ kind: 'ledger', error: started.left })
    const { running, told } = started.right
    onSent(0, told)
    const outbox = openOutbox(running, identity.right, { commit: transactions.commit, onSent })
    for await (const page of readDecoded(ledger, pagesAfter(told?.position ?? null))) {
      const taken = E.isLeft(page) ? page : await outbox.take(page.right)
      if (E.isLeft(taken)) return E.left({ kind: 'ledger', error: taken.left })
      const last = E.isRight(page) ? page.right.at(-1) : undefined
      if (last !== undefined) onRead(last.recorded.sequence)
      if (stop.aborted) return E.right(undefined)
    }
    if (untilEnd) await outbox.end()
    return E.right(undefined)
  } finally {
    await waitAtMost(
      CLOSE_WITHIN,
      transactions.close().catch(() => {}),
    )
  }
}

/** What kafkajs logs as an error of a request is why it rejects, which is reported once. */
const withoutErrors =
  (onRemark: SendRemarks['onRemark']) =>
  (remark: KafkaRemark): void => {
    if (remark.level !== 'error') onRemark(remark)
  }
