import { setTimeout as pause } from 'node:timers/promises'
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js'
import * as E from '#fp/Either'
import type { LedgerError } from '../port.ts'
import type { Connection } from './connection.ts'
import type { WireEvent } from './stored.ts'
import { withinTime } from './within-time.ts'

/** The result of a read: events, or what the server reports about the stream instead. */
type Answer = ReadonlyArray<WireEvent> | 'no such stream' | 'tombstone'

export type ReaderLimits = {
  /** How long a read may receive nothing, in ms. */
  readonly silence: number
  /** How long one page is retried, in ms. */
  readonly patience: number
}

/** How long to wait for the first answer of a cluster, in ms. */
const FIRST_CONTACT = 10_000

/** How long to wait, in ms, for a first answer where no node listens: one that restarts does so within this time. */
const NOBODY_THERE = 2_000

/** Sends reads to a cluster and retries until it answers or `patience` ends. */
export const answering = (connection: Connection, { silence, patience }: ReaderLimits) => {
  /** A mistyped address must be reported soon; a cluster that has answered before is waited for. */
  let hasAnswered = false
  /** `whyEmpty` looks, once, for the reason why nothing was returned although events are expected. */
  return async (
    request: ReadReq,
    mayBeEmpty: boolean,
    whyEmpty: () => Promise<LedgerError | null> = async () => null,
  ): Promise<E.Either<LedgerError, Answer>> => {
    let isExplained = false
    const start = performance.now()
    const within = hasAnswered ? patience : Math.min(patience, FIRST_CONTACT)
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
            message: `the cluster denied access (${message}); check the user and password in its address, and that the user is in the group $admins`,
          })
        const why = hasAnswered ? null : await connection.whyUnreachable()
        if (why?.kind === 'unusable') return E.left(why)
        const limit = why === null ? within : Math.min(within, NOBODY_THERE)
        if (performance.now() + wait - start > limit) {
          return E.left(
            why ?? { kind: 'unavailable', message: `reading from the cluster failed: ${message}` },
          )
        }
        await pause(wait * (0.5 + Math.random()))
      }
    }
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

/** INVALID_ARGUMENT: the server's answer to a position in the log where no record starts. */
const isNoPlace = (error: unknown): boolean =>
  codeOf(error) === 3 && error instanceof Error && /position/i.test(error.message)

/** FAILED_PRECONDITION: "Event stream '…' is deleted." */
const isTombstone = (error: unknown): boolean =>
  codeOf(error) === 9 && error instanceof Error && /is deleted/.test(error.message)

/** PERMISSION_DENIED and UNAUTHENTICATED: a retry changes nothing. */
const isRefusal = (error: unknown): boolean => codeOf(error) === 7 || codeOf(error) === 16

type Collected = { readonly events: ReadonlyArray<WireEvent>; readonly isNotFound: boolean }

/**
 * All events that a read returns; rejects when it breaks, or receives nothing for too long. The call is always ended.
 */
const collect = async (connection: Connection, request: ReadReq, silence: number): Promise<Collected> => {
  const opening = connection.read(request)
  const call = await withinTime(silence, opening).catch((error: unknown) => {
    // If it still arrives, nobody is waiting for it.
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
