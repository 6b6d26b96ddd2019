import type * as E from '#fp/Either'
import { jsonText } from '../../foundation/text/json-text.ts'
import { SCHEMA_HEADER } from '../../ingest/account-feed/message.ts'
import type { KafkaSettings } from '../../ingest/kafka/client/client.ts'
import type { KafkaError } from '../../ingest/kafka/errors.ts'
import type { KafkaRemark } from '../../ingest/kafka/log-entry.ts'
import { type KeyedMessage, type SentAll, sendAll } from '../../ingest/kafka/send-all.ts'
import type { RescoreList } from '../../replay/result/rescore-list.ts'
import { RESCORE_REQUEST } from '../../replay/result/rescore-request.ts'
import type { AppError } from '../error.ts'
import { resultWith } from '../results.ts'

export type SendRequestsOptions = {
  readonly kafka: KafkaSettings
  readonly topic: string
  readonly requests: RescoreList['requests']
  readonly onRemark: (remark: KafkaRemark) => void
  /** Called with the number of requests sent so far, and of all. */
  readonly onSent: (done: number, total: number) => void
}

/**
 * Sends the rescore list to a topic, one message for each flag, keyed by the account. Running it again sends it again: a
 * request says the same every time.
 */
export const sendRescoreRequests = async ({
  kafka,
  topic,
  requests,
  onRemark,
  onSent,
}: SendRequestsOptions): Promise<E.Either<AppError, SentAll>> =>
  kafkaResult(
    await sendAll(
      kafka,
      { name: topic, purpose: 'rescore requests' },
      { messages: requests.values().map(rescoreMessage), count: requests.length },
      { remark: onRemark, onSent },
    ),
  )

const kafkaResult = resultWith(({ kind, message }: KafkaError) =>
  kind === 'crashed' ? `sending the requests failed: ${message}` : message,
)

/** A request as a message. */
export const rescoreMessage = (request: RescoreList['requests'][number]): KeyedMessage => ({
  key: request.account,
  value: Buffer.from(jsonText(request)),
  headers: { 'content-type': 'application/json', [SCHEMA_HEADER]: RESCORE_REQUEST },
})
