import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AppendResult,
  type EventData,
  EventStoreDBClient,
  jsonEvent,
  type ResolvedEvent,
} from '@eventstore/db-client'
import { PATIENCE } from '../../../patience.ts'

export type Client = EventStoreDBClient

export const openClient = (url: string): Client => EventStoreDBClient.connectionString(url)

/** `dispose` never ends after a half-close; nothing of a test may wait for it. */
export const disposeClient = async (client: Client, milliseconds = 1_000): Promise<'disposed' | 'silent'> => {
  const silent = new AbortController()
  const result = await Promise.race([
    client.dispose().then(() => 'disposed' as const),
    sleep(milliseconds, 'silent' as const, { signal: silent.signal }),
  ])
  silent.abort()
  return result
}

/** What a call came to within a time: an answer, an error, or nothing. */
export type Seen<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'silent' }

export const seen = async <T>(call: Promise<T>, milliseconds = 300): Promise<Seen<T>> =>
  Promise.race([
    call.then(
      (value): Seen<T> => ({ kind: 'answered', value }),
      (error: unknown): Seen<T> => ({ kind: 'failed', error }),
    ),
    sleep(milliseconds, { kind: 'silent' } as const),
  ])

/** The error that a call must end with. */
export const failure = async (call: Promise<unknown>): Promise<unknown> => {
  const result = await seen(call, 10_000)
  if (result.kind === 'failed') return result.error
  throw new Error(`expected an error: ${result.kind}`)
}

/** A UUID that a number decides. */
export const id = (number: number): string => `10000000-0000-4000-8000-${String(number).padStart(12, '0')}`

export const event = (number: number, data: Record<string, unknown> = { n: number }): EventData =>
  jsonEvent({ id: id(number), type: 'tested', data })

export const append = (
  client: Client,
  stream: string,
  numbers: ReadonlyArray<number>,
  expectedRevision: bigint | 'any' | 'no_stream' | 'stream_exists' = 'any',
): Promise<AppendResult> =>
  client.appendToStream(
    stream,
    numbers.map((number) => event(number)),
    { expectedRevision },
  )

export const collect = async (
  events: AsyncIterable<ResolvedEvent>,
): Promise<NonNullable<ResolvedEvent['event']>[]> => {
  const all: NonNullable<ResolvedEvent['event']>[] = []
  for await (const { event: recorded } of events) if (recorded !== undefined) all.push(recorded)
  return all
}

/** What streams of the client have for listeners; their own types fit none of Node's. */
type Emitter = { readonly once: (name: string, listener: (...values: unknown[]) => void) => unknown }

/** Settles at the first of an emitter's events of that name; an error that comes before fails the wait. */
export const next = (emitter: Emitter, name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    emitter.once(name, () => resolve())
    emitter.once('error', reject)
    setTimeout(() => reject(new Error(`no ${name}`)), PATIENCE).unref()
  })
