import { createHmac } from 'node:crypto'
import { lookup as resolve } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { StoredEvent } from '../../domain/event.ts'
import { whatItSays } from '../../incidents/raised.ts'
import { isPrivateAddress } from './private-address.ts'

export type WebhookSettings = {
  /** http or https. */
  readonly url: URL
  /** Signs what is sent. */
  readonly secret: string
  /** Where an alarm can be looked at: its id is appended; null: nowhere. */
  readonly link: string | null
  /** Send it to an address of a private network, too. */
  readonly allowPrivate: boolean
}

/** What is sent of an alarm. */
export type WebhookMessage = { readonly alarmId: string; readonly body: string }

/** Sends messages one by one, each until it is accepted, however long that takes; one that is refused goes behind the others. */
export type Webhook = {
  readonly send: (message: WebhookMessage) => void
  /** What was not accepted yet. */
  readonly outbox: () => ReadonlyArray<WebhookMessage>
  /** Ends once everything was sent, or something was refused; nothing is sent after that. */
  readonly sendRest: () => Promise<void>
  /** Ends once nothing is being sent; what was not accepted stays in the outbox. */
  readonly close: () => Promise<void>
}

type WebhookOptions = {
  /** Left over from before. */
  readonly outbox: ReadonlyArray<WebhookMessage>
  /** Ms since the epoch. */
  readonly clock: () => number
  /** Called with why a message was not accepted. */
  readonly onRemark: (message: string) => void
  /** How long to wait before the first retry, in ms; each takes twice as long, up to a minute. */
  readonly retryAfter?: number
}

const TIMEOUT = 10_000
const RETRY_AFTER = 1_000
const LONGEST_WAIT = 60_000

/** Counts and a link; no ids of accounts, events or content. */
export const webhookMessage = (
  { recordedat, data }: StoredEvent<'alarm.raised.v1'>,
  { link }: Pick<WebhookSettings, 'link'>,
): WebhookMessage => {
  const { alarmId, family, tripwire, accounts, units, sequence, repeats } = data
  const body = {
    ...{ alarmId, family, tripwire, says: whatItSays(data), accounts, units, sequence },
    isRepeat: repeats !== undefined,
    at: recordedat,
    ...(link === null ? {} : { link: `${link}${alarmId}` }),
  }
  return { alarmId, body: JSON.stringify(body) }
}

export const openWebhook = (
  settings: WebhookSettings,
  { outbox: before, clock, onRemark, retryAfter = RETRY_AFTER }: WebhookOptions,
): Webhook => {
  const outbox = [...before]
  const stop = new AbortController()
  const waiting = new AbortController()
  let isLast = false
  let sending: Promise<void> | null = null

  const sendAll = async (): Promise<void> => {
    let pause = retryAfter
    while (!stop.signal.aborted) {
      const [next] = outbox
      if (next === undefined) return
      const refusal = await post(settings, next, clock(), stop.signal)
      if (refusal === null) {
        outbox.shift()
        pause = retryAfter
        continue
      }
      if (stop.signal.aborted) return
      outbox.push(...outbox.splice(0, 1))
      onRemark(`the webhook did not take alarm ${next.alarmId}: ${refusal}; it is tried again`)
      if (isLast) return
      await wait(pause, undefined, { signal: waiting.signal }).catch(() => {})
      pause = Math.min(2 * pause, LONGEST_WAIT)
    }
  }
  const start = (): void => {
    sending ??= sendAll().finally(() => {
      sending = null
      if (outbox.length > 0 && !isLast) start()
    })
  }
  start()

  return {
    send: (message) => {
      outbox.push(message)
      start()
    },
    outbox: () => [...outbox],
    sendRest: async () => {
      isLast = true
      waiting.abort()
      await sending
    },
    close: async () => {
      isLast = true
      waiting.abort()
      stop.abort()
      await sending
    },
  }
}

/** Sends a message once; returns why it was not accepted, null if it was. Redirects are not followed. */
const post = (
  { url, secret, allowPrivate }: WebhookSettings,
  { alarmId, body }: WebhookMessage,
  now: number,
  signal: AbortSignal,
): Promise<string | null> =>
  new Promise((answer) => {
    const timestamp = String(Math.floor(now / 1_000))
    const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if (!allowPrivate && isIP(host) !== 0 && isPrivateAddress(host)) return answer(PRIVATE)
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(
      url,
      {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
          'Idempotency-Key': alarmId,
          'Redress-Timestamp': timestamp,
          'Redress-Signature': `sha256=${signature}`,
        },
        timeout: TIMEOUT,
        signal,
        ...(allowPrivate ? {} : { lookup: publicOnly }),
      },
      (response) => {
        response.resume()
        const { statusCode = 0 } = response
        answer(statusCode >= 200 && statusCode < 300 ? null : `it answered ${statusCode}`)
      },
    )
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT / 1_000} s`)))
    request.on('error', ({ message }) => answer(message))
    request.end(body)
  })

const PRIVATE = 'its address is of a private network; allow it with --webhook-allow-private'

/** Resolves a host where the connection is made, so that its name cannot lead elsewhere in between. */
const publicOnly: LookupFunction = (host, options, callback) => {
  resolve(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '')
    if (addresses.some(({ address }) => isPrivateAddress(address))) return callback(new Error(PRIVATE), '')
    const [first] = addresses
    if (options.all === true) callback(null, addresses)
    else callback(null, first?.address ?? '', first?.family)
  })
}
