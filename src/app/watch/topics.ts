import * as E from '#fp/Either'
import { watchFeeds } from '../../incidents/feeds/index.ts'
import type { KafkaSettings } from '../../ingest/kafka/client/client.ts'
import { CLOSE_WITHIN, waitAtMost } from '../../ingest/kafka/run/waiting.ts'
import { describeSendError, sendFromLedger } from '../../ingest/outbox/send-from-ledger.ts'
import type { Ledger } from '../../ledger/port.ts'

/** Sends alarms, audits and holds to their topics, beside what else is done. */
type TopicsSender = {
  /** Sends all that is in the ledger, and ends. Only if it is to end. */
  readonly sendAll: () => Promise<void>
  /** How many messages were sent. */
  readonly sent: () => number
  /** Why it has ended before all was sent; null: it has not. */
  readonly failure: () => string | null
  readonly close: () => Promise<void>
}

type TopicsOptions = {
  readonly untilEnd: boolean
  readonly signal: AbortSignal
  readonly onRemark: (message: string) => void
}

/** Begins at once, unless it is to end: then with `sendAll`. */
export const openTopicsSender = (
  ledger: Ledger,
  kafka: KafkaSettings,
  { untilEnd, signal, onRemark }: TopicsOptions,
): TopicsSender => {
  const over = new AbortController()
  const stop = AbortSignal.any([signal, over.signal])
  let sent = 0
  let failure: string | null = null
  const run = async (): Promise<void> => {
    const ended = await sendFromLedger(
      ledger,
      { kafka, sender: 'watch', feeds: watchFeeds, untilEnd },
      {
        onRemark: ({ message }) => onRemark(message),
        onSent: (messages) => {
          sent += messages
        },
        onRead: () => {},
      },
      stop,
    )
    if (E.isRight(ended)) return
    failure = describeSendError(ended.left)
    if (!untilEnd) onRemark(`nothing more is sent to topics: ${failure}`)
  }
  let running = untilEnd ? Promise.resolve() : run()
  return {
    sendAll: () => {
      running = run()
      return running
    },
    sent: () => sent,
    failure: () => failure,
    close: async () => {
      over.abort()
      await waitAtMost(2 * CLOSE_WITHIN, running)
    },
  }
}
