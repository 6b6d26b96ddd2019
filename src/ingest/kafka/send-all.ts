import type { Buffer } from 'node:buffer'
import * as E from '#fp/Either'
import { BRISK, type KafkaSettings, kafkaClient } from './client/client.ts'
import { contact } from './client/contact.ts'
import { openSender, type Sender } from './client/sender.ts'
import { isTooLarge, type KafkaError, reasonOf } from './errors.ts'
import type { KafkaRemark } from './log-entry.ts'
import { messageGroups } from './messages/groups.ts'
import { asKafkaError } from './run/kafka-error.ts'
import { PATIENCE, retrying } from './run/retrying.ts'
import { openTroubles } from './run/troubles.ts'
import { CLOSE_WITHIN, waitAtMost } from './run/waiting.ts'
import { ensureTopic, type OwnTopic } from './topics/prepare-topics.ts'
import { openTopics } from './topics/topics.ts'

/** A message of ours, keyed so that what belongs together stays together. */
export type KeyedMessage = {
  readonly key: string
  readonly value: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** Messages, made one by one because there can be very many, and their number. */
export type ToSend = { readonly messages: Iterable<KeyedMessage>; readonly count: number }

/** What was sent. */
export type SentAll = {
  /** The number of messages that all in-sync replicas have. */
  readonly sent: number
  /** The number of others, and why the first of them failed. */
  readonly failed: number
  readonly why: string | null
}

type SendWatch = {
  readonly remark: (remark: KafkaRemark) => void
  /** Called with the number of messages sent so far, and of all. */
  readonly onSent: (done: number, total: number) => void
}

/**
 * Sends messages to a topic, which is created if it is missing. A message that is too large for the topic does not keep
 * the others from being sent; any other failure ends it, after brokers that are down were waited for. A message that is not
 * counted as sent may still be in the topic.
 */
export const sendAll = async (
  settings: KafkaSettings,
  destination: OwnTopic,
  { messages, count }: ToSend,
  { remark, onSent }: SendWatch,
): Promise<E.Either<KafkaError, SentAll>> => {
  const reached = await contact(settings)
  if (E.isLeft(reached)) return reached
  const troubles = openTroubles(remark)
  const asking = kafkaClient(settings, { remark, trouble: () => {} }, BRISK)
  const sending = kafkaClient(settings, {
    // What kafkajs logs as an error of a send is why the send rejects, which is reported once, with a count.
    remark: (said) => {
      if (said.level !== 'error') remark(said)
    },
    trouble: (reason) => troubles.hit('producer', reason),
  })
  const admin = asking.admin()
  const topics = openTopics(asking)
  const sender = openSender(sending)
  const retry = retrying({ troubles, patience: () => PATIENCE, stop: new AbortController().signal })
  try {
    await retry(() => admin.connect())
    const ready = await retry(() => ensureTopic(admin, topics, destination))
    if (E.isLeft(ready)) return ready
    return E.right(
      await sendGroups(sender, destination.name, { messages, count }, (sent) => {
        troubles.recovered('producer')
        onSent(sent, count)
      }),
    )
  } catch (error) {
    return E.left(asKafkaError(error))
  } finally {
    await waitAtMost(CLOSE_WITHIN, Promise.allSettled([admin.disconnect(), topics.close(), sender.close()]))
  }
}

const sendGroups = async (
  sender: Sender,
  topic: string,
  { messages, count }: ToSend,
  onSent: (sent: number) => void,
): Promise<SentAll> => {
  let sent = 0
  let why: string | null = null
  const send = async (group: ReadonlyArray<KeyedMessage>): Promise<void> => {
    await sender.send(
      topic,
      group.map((message) => ({ ...message })),
    )
    sent += group.length
    onSent(sent)
  }
  try {
    for (const group of messageGroups(messages)) {
      try {
        await send(group)
      } catch (error) {
        if (!isTooLarge(error)) throw error
        for (const message of group) {
          try {
            await send([message])
          } catch (cause) {
            if (!isTooLarge(cause)) throw cause
            why ??= `${reasonOf(cause)}; raise the topic's max.message.bytes`
          }
        }
      }
    }
  } catch (error) {
    why ??= reasonOf(error)
  }
  return { sent, failed: count - sent, why }
}
