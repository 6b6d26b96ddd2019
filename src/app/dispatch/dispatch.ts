import * as E from '#fp/Either'
import { countOf } from '../../foundation/text/count-of.ts'
import { requestFeed } from '../../incidents/feeds/requests.ts'
import type { KafkaSettings } from '../../ingest/kafka/client/client.ts'
import type { SentUpTo } from '../../ingest/outbox/cursor.ts'
import { describeSendError, sendFromLedger } from '../../ingest/outbox/send-from-ledger.ts'
import type { Ledger } from '../../ledger/port.ts'
import type { AppError } from '../error.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, readingLedger } from '../stores.ts'
import { writeDispatched } from './progress-file.ts'

export type DispatchOptions = LedgerPlace & {
  readonly kafka: KafkaSettings
  /** Stop once everything that is in the ledger is sent. */
  readonly untilEnd: boolean
  /** Stops it. */
  readonly signal: AbortSignal
  /** Called once the ledger is open. */
  readonly onOpen: () => void
  /** Called with the last event that was looked at, and how many the ledger had at the start. */
  readonly onRead: (sequence: number, head: number) => void
  readonly onRemark: (message: string) => void
}

/** What was sent, and up to which event of the ledger nothing is left to send. */
export type Dispatched = { readonly sequence: number; readonly sent: number }

/**
 * Sends requests for reinstatements, and withdrawals, to their topic: each once for whoever reads what is committed, in the order
 * in which the ledger recorded them, whenever this process or a broker is killed. Another dispatcher of the same ledger ends it.
 */
export const dispatchRequests = (options: DispatchOptions): Promise<E.Either<AppError, Dispatched>> =>
  readingLedger(options, ({ ledger }) => {
    options.onOpen()
    return dispatchFrom(ledger, options)
  })

const dispatchFrom = async (
  ledger: Ledger,
  { data, kafka, untilEnd, signal, onRead, onRemark }: DispatchOptions,
): Promise<E.Either<AppError, Dispatched>> => {
  const head = ledgerResult(await ledger.head())
  if (E.isLeft(head)) return head
  const progress = progressFile(data, onRemark)
  let dispatched: Dispatched = { sequence: 0, sent: 0 }
  const ended = await sendFromLedger(
    ledger,
    { kafka, sender: 'dispatch', feeds: [requestFeed], untilEnd },
    {
      onRemark: ({ message }) => onRemark(message),
      onSent: (messages, upTo) => {
        dispatched = { sequence: upTo?.sequence ?? 0, sent: dispatched.sent + messages }
        if (upTo !== null) progress.save(upTo)
      },
      onRead: (sequence) => onRead(sequence, head.right.sequence),
    },
    signal,
  )
  await progress.saved()
  if (E.isRight(ended)) return E.right(dispatched)
  const { sent, sequence } = dispatched
  const before = `Before that, ${countOf(sent, 'message was', 'messages were')} sent, up to sequence ${sequence}.`
  return E.left({
    kind: 'failed',
    message: describeSendError(ended.left),
    ...(sent === 0 ? {} : { details: [before] }),
  })
}

/** Saves how far it is, the latest only. If that cannot be saved, it is said once. */
const progressFile = (data: string, onRemark: (message: string) => void) => {
  let next: SentUpTo | null = null
  let saving: Promise<void> | null = null
  let failed = false
  const saveAll = async (): Promise<void> => {
    while (next !== null) {
      const upTo: SentUpTo = next
      next = null
      const written = await writeDispatched(data, upTo)
      if (E.isLeft(written) && !failed) {
        onRemark(`${written.left}; reports will not know how far requests are sent`)
        failed = true
      }
    }
    saving = null
  }
  return {
    save: (upTo: SentUpTo): void => {
      next = upTo
      saving ??= saveAll()
    },
    saved: async (): Promise<void> => {
      await saving
    },
  }
}
