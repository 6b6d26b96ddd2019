import { Buffer } from 'node:buffer'
import { setTimeout as pause } from 'node:timers/promises'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import * as E from '#fp/Either'
import type { StreamName } from '../../domain/stream.ts'
import { attempt } from '../../foundation/attempt.ts'
import { type DamageCause, streamsDamaged } from '../damaged-stream.ts'
import type { LedgerError } from '../port.ts'
import type { Connection } from './connection.ts'
import type { LogPosition } from './position.ts'
import { limitIn, metadataStreamOf } from './retention.ts'
import { deletionIn, isVocabulary, ledgerStreamOf, revisionOf } from './stored.ts'

export type WireEvent = ReadResp.ReadEvent.RecordedEvent

/**
 * Pages of events as the cluster has them; a read that is unanswered, broken, or cut short where there must be something
 * is begun anew until patience ends. A page can hold less than was asked for: what is missing is for the caller to see.
 */
export type Reader = {
  /**
   * A stream's events from a revision on that was written, without a gap; empty where there never was such a stream. What
   * somebody deleted or cut is an error.
   */
  readonly stream: (name: StreamName, from: number, count: number) => Promise<LogPage>
  /** The same from a revision (null: its end) back to its start, the last first. */
  readonly streamBackwards: (name: StreamName, from: number | null, count: number) => Promise<LogPage>
  /** The log's events from a place on (inclusive; null: its start), those of the cluster itself too. Never empty, but
   * where nothing begins at that place. */
  readonly log: (from: LogPosition | null, count: number) => Promise<LogPage>
  /** The log's last events before a place (null: its end), the last first; empty before the first. */
  readonly logBackwards: (from: LogPosition | null, count: number) => Promise<LogPage>
  /** The stream of an event of the ledger; undefined for the cluster's own events, and those of others. */
  readonly ledgerStreamOf: (event: WireEvent) => StreamName | undefined
  /** Whether an event raises the vocabulary, which is none of the ledger's events. */
  readonly isVocabulary: (event: WireEvent) => boolean
  /** What one of the cluster's own events does to a stream of the ledger. */
  readonly deletionIn: (event: WireEvent) => ReturnType<typeof deletionIn>
}
export type LogPage = E.Either<LedgerError, ReadonlyArray<WireEvent>>

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
  /** `whyEmpty` looks, once, for a reason why nothing came where something must be. */
  const answerOf = async (
    request: ReadReq,
    mayBeEmpty: boolean,
    whyEmpty: () => Promise<LedgerError | null> = async () => null,
  ): Promise<E.Either<LedgerError, Answer>> => {
    let isExplained = false
    const deadline = performance.now() + (hasAnswered ? patience : Math.min(patience, FIRST_CONTACT))
    for (let wait = 50; ; wait = Math.min(2 * wait, 2_000)) {
      try {
        const { events, isNotFound } = await collect(connection, request, silence)
        hasAnswered = true
        if (isNotFound) return E.right('no such stream')
        if (events.length > 0 || mayBeEmpty) return E.right(events)
        const why = isExplained ? null : await whyEmpty()
        isExplained = true
        if (why !== null) return E.left(why)
        throw new Error('the answer was cut short')
      } catch (error) {
        if (isNoPlace(error)) return E.right([])
        if (isTombstone(error)) return E.right('tombstone')
        const message = error instanceof Error ? error.message : String(error)
        if (isRefusal(error))
          return E.left({
            kind: 'unusable',
            message: `the cluster refused access (${message}); check the user and the password in its address, and that the user is in the group $admins`,
          })
        const why = hasAnswered ? null : await connection.whyUnreachable()
        if (why !== null) return E.left({ kind: 'unusable', message: why })
        if (performance.now() + wait > deadline) {
          return E.left({
            kind: 'unavailable',
            message: `the cluster could not be read: ${message}`,
          })
        }
        await pause(wait * (0.5 + Math.random()))
      }
    }
  }

  /** A page of the log, which is no stream. */
  const page = async (request: ReadReq, mayBeEmpty: boolean): Promise<LogPage> => {
    const answer = await answerOf(request, mayBeEmpty)
    if (E.isLeft(answer)) return answer
    return E.right(typeof answer.right === 'string' ? [] : answer.right)
  }

  /** What limits a stream now, by its metadata; undefined when it has none. */
  const limitOf = async (
    name: StreamName,
  ): Promise<E.Either<LedgerError, DamageCause | null | undefined>> => {
    const options = optionsFor(metadataStreamOf(prefix + name))
    options.setEnd(new shared.Empty())
    const answer = await answerOf(
      requestFor(1, BACKWARDS, (request) => request.setStream(options)),
      false,
    )
    if (E.isLeft(answer)) return answer
    if (answer.right === 'tombstone') return E.right('tombstoned')
    if (answer.right === 'no such stream') return E.right(undefined)
    const [metadata] = answer.right
    return E.right(metadata === undefined ? undefined : limitIn(metadata.getData_asU8()))
  }

  /** Why a stream gave nothing where it must have something; null: the answer was merely cut short. */
  const causeOfEmpty = async (name: StreamName): Promise<E.Either<LedgerError, DamageCause | null>> => {
    const limit = await limitOf(name)
    if (E.isLeft(limit)) return limit
    if (limit.right != null) return E.right(limit.right)
    const options = optionsFor(prefix + name)
    options.setStart(new shared.Empty())
    const answer = await answerOf(
      requestFor(1, FORWARDS, (request) => request.setStream(options)),
      true,
    )
    if (E.isLeft(answer)) return answer
    const [first] = answer.right
    return E.right(typeof first === 'object' && revisionOf(first) > 0 ? 'scavenged' : null)
  }

  const damaged = (stream: StreamName, cause: DamageCause): E.Either<LedgerError, never> =>
    E.left(streamsDamaged([{ stream, cause }]))

  /** A page of a stream, whose events must be those at `due`, the next one by `step`, and so on. */
  const streamPage = async (
    name: StreamName,
    due: number | null,
    step: 1 | -1,
    request: ReadReq,
  ): Promise<LogPage> => {
    const answer = await answerOf(request, false, async () => {
      const cause = await causeOfEmpty(name)
      if (E.isLeft(cause)) return cause.left
      return cause.right === null ? null : streamsDamaged([{ stream: name, cause: cause.right }])
    })
    if (E.isLeft(answer)) return answer
    if (answer.right === 'tombstone') return damaged(name, 'tombstoned')
    if (answer.right === 'no such stream') {
      const limit = await limitOf(name)
      if (E.isLeft(limit)) return limit
      return limit.right === undefined ? E.right([]) : damaged(name, limit.right ?? 'scavenged')
    }
    const [first] = answer.right
    const start = due ?? (first === undefined ? 0 : revisionOf(first))
    if (answer.right.every((event, i) => revisionOf(event) === start + step * i)) return E.right(answer.right)
    const limit = await limitOf(name)
    return E.isLeft(limit) ? limit : damaged(name, limit.right ?? 'scavenged')
  }

  return {
    stream: (name, from, count) => {
      const options = optionsFor(prefix + name)
      options.setRevision(String(from))
      return streamPage(
        name,
        from,
        1,
        requestFor(count, FORWARDS, (request) => request.setStream(options)),
      )
    },
    streamBackwards: (name, from, count) => {
      const options = optionsFor(prefix + name)
      if (from === null) options.setEnd(new shared.Empty())
      else options.setRevision(String(from))
      return streamPage(
        name,
        from,
        -1,
        requestFor(count, BACKWARDS, (request) => request.setStream(options)),
      )
    },
    ledgerStreamOf: (event) => ledgerStreamOf(event, prefix),
    isVocabulary: (event) => isVocabulary(event, prefix),
    deletionIn: (event) => deletionIn(event, prefix),
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

/** FAILED_PRECONDITION: "Event stream '…' is deleted." */
const isTombstone = (error: unknown): boolean =>
  codeOf(error) === 9 && error instanceof Error && /is deleted/.test(error.message)

/** PERMISSION_DENIED and UNAUTHENTICATED: asking again changes nothing. */
const isRefusal = (error: unknown): boolean => codeOf(error) === 7 || codeOf(error) === 16

/** What a read came to: events, or what the server says of the stream in their stead. */
type Answer = ReadonlyArray<WireEvent> | 'no such stream' | 'tombstone'

type Collected = { readonly events: ReadonlyArray<WireEvent>; readonly isNotFound: boolean }

/** All events that a read gives; rejects when it breaks, or says nothing for too long. The call is always ended. */
const collect = async (connection: Connection, request: ReadReq, silence: number): Promise<Collected> => {
  const opening = connection.read(request)
  const call = await withinTime(silence, opening).catch((error: unknown) => {
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

export const withinTime = async <A>(ms: number, work: Promise<A>): Promise<A> => {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no connection for ${ms} ms`)), ms)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}

/** Brings what was read into another form; what does not pass its check makes an error of it. */
export const mapPage = <A>(
  page: LogPage,
  form: (event: WireEvent) => A,
): E.Either<LedgerError, ReadonlyArray<A>> =>
  E.isLeft(page) ? page : attempt('the cluster', () => page.right.map(form))
