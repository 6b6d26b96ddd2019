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

/** Pages of events as the cluster has them; an unanswered or broken read is begun anew until patience ends. */
export type Reader = {
  /** A stream's events from a revision on; empty where there are none. */
  readonly stream: (name: StreamName, from: number, count: number) => Promise<Page>
  /** A stream's last event; none where there is no such stream. */
  readonly streamEnd: (name: StreamName) => Promise<Page>
  /** The log's events from a place on (inclusive; null: its start), those of the cluster itself too. */
  readonly log: (from: LogPosition | null, count: number) => Promise<Page>
  /** The stream of an event of the ledger; undefined for the cluster's own events, and those of others. */
  readonly ledgerStreamOf: (event: WireEvent) => StreamName | undefined
  /** The log's last events before a place (inclusive; null: its end), the last first. */
  readonly logBackwards: (from: LogPosition | null, count: number) => Promise<Page>
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
  const page = async (request: ReadReq): Promise<Page> => {
    const deadline = performance.now() + (hasAnswered ? patience : Math.min(patience, FIRST_CONTACT))
    for (let wait = 50; ; wait = Math.min(2 * wait, 2_000)) {
      try {
        const events = await collect(connection, request, silence)
        hasAnswered = true
        return E.right(events)
      } catch (error) {
        if (isNoPlace(error)) return E.right([])
        const message = error instanceof Error ? error.message : String(error)
        if (performance.now() + wait > deadline) {
          return E.left({
            kind: 'unavailable',
            message: `the cluster did not let itself be read: ${message}`,
          })
        }
        await pause(wait)
      }
    }
  }
  return {
    stream: (name, from, count) => {
      const options = optionsFor(prefix + name)
      options.setRevision(String(from))
      return page(requestFor(count, FORWARDS, (request) => request.setStream(options)))
    },
    streamEnd: (name) => {
      const options = optionsFor(prefix + name)
      options.setEnd(new shared.Empty())
      return page(requestFor(1, BACKWARDS, (request) => request.setStream(options)))
    },
    ledgerStreamOf: (event) => ledgerStreamOf(event, prefix),
    log: (from, count) => {
      const options = new streams.ReadReq.Options.AllOptions()
      if (from === null) options.setStart(new shared.Empty())
      else options.setPosition(place(from))
      return page(requestFor(count, FORWARDS, (request) => request.setAll(options)))
    },
    logBackwards: (from, count) => {
      const options = new streams.ReadReq.Options.AllOptions()
      if (from === null) options.setEnd(new shared.Empty())
      else options.setPosition(place(from))
      return page(requestFor(count, BACKWARDS, (request) => request.setAll(options)))
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

/** INVALID_ARGUMENT, which is how the server answers to a place of the log where no record begins. */
const isNoPlace = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 3

/** All events that a read gives; rejects when it breaks, or says nothing for too long. The call is always ended. */
const collect = async (
  connection: Connection,
  request: ReadReq,
  silence: number,
): Promise<ReadonlyArray<WireEvent>> => {
  const call = await within(silence, connection.read(request))
  const events: WireEvent[] = []
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
  })
  listen()
  try {
    await promise
    return events
  } finally {
    clearTimeout(timer)
    call.cancel()
  }
}

const within = async <A>(ms: number, work: Promise<A>): Promise<A> => {
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
