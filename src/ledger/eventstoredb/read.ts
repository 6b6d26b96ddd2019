import { Buffer } from 'node:buffer'
import { setTimeout as pause } from 'node:timers/promises'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import * as E from '#fp/Either'
import type { StreamName } from '../../domain/stream.ts'
import type { LedgerError } from '../port.ts'
import { attempt } from '../sqlite/errors.ts'
import type { Connection } from './connection.ts'
import type { LogPosition } from './position.ts'
import { ledgerStreamOf } from './stored.ts'

type WireEvent = ReadResp.ReadEvent.RecordedEvent

/**
 * Pages of events as the cluster has them; a read that is unanswered, broken, or cut short where there must be something
 * is begun anew until patience ends. A page can hold less than was asked for: what is missing is for the caller to see.
 */
export type Reader = {
  /** A stream's events from a revision on that is there; empty where there is no such stream. */
  readonly stream: (name: StreamName, from: number, count: number) => Promise<Page>
  /** A stream's events from a revision that is there (null: its end) back to its start, the last first; empty as above. */
  readonly streamBackwards: (name: StreamName, from: number | null, count: number) => Promise<Page>
  /** The log's events from a place on (inclusive; null: its start), those of the cluster itself too. Never empty, but
   * where nothing begins at that place. */
  readonly log: (from: LogPosition | null, count: number) => Promise<Page>
  /** The log's last events before a place (null: its end), the last first; empty before the first. */
  readonly logBackwards: (from: LogPosition | null, count: number) => Promise<Page>
  /** The stream of an event of the ledger; undefined for the cluster's own events, and those of others. */
  readonly ledgerStreamOf: (event: WireEvent) => StreamName | undefined
}
export type Page = E.Either<LedgerError, ReadonlyArray<WireEvent>>

export type ReaderLimits = {
  /** How long a read may be silent, in ms. */
  readonly silence: number
  /** How long one page is tried again, in ms. */
  readonly patience: number
}

/** What all names of the ledger's streams begin with: several ledgers can share a cluster. */
export type Prefix = string

/** How long the first answer of a cluster is waited for, in ms. */
const FIRST_CONTACT = 10_000

export const openReader = (
  connection: Connection,
  prefix: Prefix,
  { silence, patience }: ReaderLimits,
): Reader => {
  /** Who mistyped an address wants to know soon; a cluster that has answered before is waited for. */
  let hasAnswered = false
  const page = async (request: ReadReq, mayBeEmpty: boolean): Promise<Page> => {
    const deadline = performance.now() + (hasAnswered ? patience : Math.min(patience, FIRST_CONTACT))
    for (let wait = 50; ; wait = Math.min(2 * wait, 2_000)) {
      try {
        const { events, isNotFound } = await collect(connection, request, silence)
        hasAnswered = true
        if (events.length > 0 || isNotFound || mayBeEmpty) return E.right(events)
        throw new Error('the answer was cut short')
      } catch (error) {
        if (isNoPlace(error)) return E.right([])
        const message = error instanceof Error ? error.message : String(error)
        if (isRefusal(error))
          return E.left({ kind: 'unusable', message: `the cluster lets nobody in so: ${message}` })
        if (performance.now() + wait > deadline) {
          return E.left({
            kind: 'unavailable',
            message: `the cluster did not let itself be read: ${message}`,
          })
        }
        await pause(wait * (0.5 + Math.random()))
      }
    }
  }
  return {
    stream: (name, from, count) => {
      const options = optionsFor(prefix + name)
      options.setRevision(String(from))
      return page(
        requestFor(count, FORWARDS, (request) => request.setStream(options)),
        false,
      )
    },
    streamBackwards: (name, from, count) => {
      const options = optionsFor(prefix + name)
      if (from === null) options.setEnd(new shared.Empty())
      else options.setRevision(String(from))
      return page(
        requestFor(count, BACKWARDS, (request) => request.setStream(options)),
        false,
      )
    },
    ledgerStreamOf: (event) => ledgerStreamOf(event, prefix),
    log: (from, count) => {
      const options = new streams.ReadReq.Options.AllOptions()
      if (from === null) options.setStart(new shared.Empty())
      else options.setPosition(place(from))
      return page(
        requestFor(count, FORWARDS, (request) => request.setAll(options)),
        false,
      )
    },
    logBackwards: (from, count) => {
      const options = new streams.ReadReq.Options.AllOptions()
      if (from === null) options.setEnd(new shared.Empty())
      else options.setPosition(place(from))
      // The end of a log has something before it: the cluster's own events, if no others.
      return page(
        requestFor(count, BACKWARDS, (request) => request.setAll(options)),
        from !== null,
      )
    },
  }
}

/** `ReadDirection` of streams.proto. */
const [FORWARDS, BACKWARDS] = [0, 1] as const

const optionsFor = (name: string): ReadReq.Options.StreamOptions => {
  const identifier = new shared.StreamIdentifier()
  identifier.setStreamName(Buffer.from(name).toString('base64'))
  const options = new streams.ReadReq.Options.StreamOptions()
  options.setStreamIdentifier(identifier)
  return options
}

const place = ({ commit, prepare }: LogPosition): ReadReq.Options.Position => {
  const position = new streams.ReadReq.Options.Position()
  position.setCommitPosition(String(commit))
  position.setPreparePosition(String(prepare))
  return position
}

const requestFor = (
  count: number,
  direction: typeof FORWARDS | typeof BACKWARDS,
  choose: (options: ReadReq.Options) => void,
): ReadReq => {
  const options = new streams.ReadReq.Options()
  choose(options)
  options.setReadDirection(direction)
  options.setResolveLinks(false)
  options.setCount(String(count))
  options.setNoFilter(new shared.Empty())
  const uuids = new streams.ReadReq.Options.UUIDOption()
  uuids.setString(new shared.Empty())
  options.setUuidOption(uuids)
  const request = new streams.ReadReq()
  request.setOptions(options)
  return request
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

/** INVALID_ARGUMENT, which is how the server answers to a place of the log where no record begins. */
const isNoPlace = (error: unknown): boolean =>
  codeOf(error) === 3 && error instanceof Error && /position/i.test(error.message)

/** PERMISSION_DENIED and UNAUTHENTICATED: asking again changes nothing. */
const isRefusal = (error: unknown): boolean => codeOf(error) === 7 || codeOf(error) === 16

type Collected = { readonly events: ReadonlyArray<WireEvent>; readonly isNotFound: boolean }

/** All events that a read gives; rejects when it breaks, or says nothing for too long. The call is always ended. */
const collect = async (connection: Connection, request: ReadReq, silence: number): Promise<Collected> => {
  const opening = connection.read(request)
  const call = await within(silence, opening).catch((error: unknown) => {
    // Should it come after all, nobody waits for it any more.
    opening.then((late) => late.on('error', () => {}).cancel()).catch(() => {})
    throw error
  })
  const events: WireEvent[] = []
  let isNotFound = false
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let timer: NodeJS.Timeout | undefined
  const listen = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => reject(new Error(`no answer for ${silence} ms`)), silence)
  }
  call.on('error', reject)
  call.on('end', resolve)
  call.on('data', (response: ReadResp) => {
    listen()
    const event = response.getEvent()?.getEvent()
    if (event !== undefined) events.push(event)
    if (response.hasStreamNotFound()) isNotFound = true
  })
  listen()
  try {
    await promise
    return { events, isNotFound }
  } finally {
    clearTimeout(timer)
    call.cancel()
  }
}

export const within = async <A>(ms: number, work: Promise<A>): Promise<A> => {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no connection for ${ms} ms`)), ms)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}

/** Brings what was read into another form; what does not pass its check makes an error of it. */
export const mapPage = <A>(
  page: Page,
  form: (event: WireEvent) => A,
): E.Either<LedgerError, ReadonlyArray<A>> =>
  E.isLeft(page) ? page : attempt('the cluster', () => page.right.map(form))
