import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import * as E from '#fp/Either'
import type { StreamName } from '../../domain/stream.ts'
import { attempt } from '../../foundation/attempt.ts'
import { type DamageCause, streamsDamaged } from '../damaged-stream.ts'
import type { LedgerError } from '../port.ts'
import { answering, type ReaderLimits } from './answer.ts'
import type { Connection } from './connection.ts'
import type { LogPosition } from './position.ts'
import { logRequest, streamRequest } from './read-request.ts'
import { limitIn, metadataStreamOf } from './retention.ts'
import { deletionIn, isVocabulary, ledgerStreamOf, revisionOf, type WireEvent } from './stored.ts'

/**
 * Pages of events as the cluster has them. A read that is unanswered, broken, or cut short although something must be
 * there is retried until `patience` ends. A page can hold fewer events than requested: noticing what is missing is up
 * to the caller.
 */
export type Reader = {
  /**
   * A stream's events from a revision that was written, without a gap; empty if there never was such a stream. A
   * stream that was deleted or cut is an error.
   */
  readonly stream: (name: StreamName, from: number, count: number) => Promise<LogPage>
  /** The same from a revision (null: its end) back to its start, in reverse order. */
  readonly streamBackwards: (name: StreamName, from: number | null, count: number) => Promise<LogPage>
  /**
   * The log's events from a place (inclusive; null: its start), including the cluster's own. Empty only if no record
   * starts at that place.
   */
  readonly log: (from: LogPosition | null, count: number) => Promise<LogPage>
  /** The log's last events before a place (null: its end), in reverse order; empty before the first. */
  readonly logBackwards: (from: LogPosition | null, count: number) => Promise<LogPage>
  /** The stream of an event of the ledger; undefined for the cluster's own events, and those of others. */
  readonly ledgerStreamOf: (event: WireEvent) => StreamName | undefined
  /** Whether an event raises the vocabulary; it is not one of the ledger's events. */
  readonly isVocabulary: (event: WireEvent) => boolean
  /** What one of the cluster's own events does to a stream of the ledger. */
  readonly deletionIn: (event: WireEvent) => ReturnType<typeof deletionIn>
}
export type LogPage = E.Either<LedgerError, ReadonlyArray<WireEvent>>

/** The prefix of all names of the ledger's streams: several ledgers can share a cluster. */
export type Prefix = string

export const openReader = (connection: Connection, prefix: Prefix, limits: ReaderLimits): Reader => {
  const answerOf = answering(connection, limits)

  /** A page of the log, which is not a stream. */
  const page = async (request: ReadReq, mayBeEmpty: boolean): Promise<LogPage> => {
    const answer = await answerOf(request, mayBeEmpty)
    if (E.isLeft(answer)) return answer
    return E.right(typeof answer.right === 'string' ? [] : answer.right)
  }

  /** What limits a stream now, by its metadata; undefined if it has none. */
  const limitOf = async (
    name: StreamName,
  ): Promise<E.Either<LedgerError, DamageCause | null | undefined>> => {
    const answer = await answerOf(streamRequest(metadataStreamOf(prefix + name), null, 'backwards', 1), false)
    if (E.isLeft(answer)) return answer
    if (answer.right === 'tombstone') return E.right('tombstoned')
    if (answer.right === 'no such stream') return E.right(undefined)
    const [metadata] = answer.right
    return E.right(metadata === undefined ? undefined : limitIn(metadata.getData_asU8()))
  }

  /** Why a stream returned nothing although it must have something; null: the answer was merely cut short. */
  const causeOfEmpty = async (name: StreamName): Promise<E.Either<LedgerError, DamageCause | null>> => {
    const limit = await limitOf(name)
    if (E.isLeft(limit)) return limit
    if (limit.right != null) return E.right(limit.right)
    const answer = await answerOf(streamRequest(prefix + name, null, 'forwards', 1), true)
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
    stream: (name, from, count) =>
      streamPage(name, from, 1, streamRequest(prefix + name, from, 'forwards', count)),
    streamBackwards: (name, from, count) =>
      streamPage(name, from, -1, streamRequest(prefix + name, from, 'backwards', count)),
    ledgerStreamOf: (event) => ledgerStreamOf(event, prefix),
    isVocabulary: (event) => isVocabulary(event, prefix),
    deletionIn: (event) => deletionIn(event, prefix),
    log: (from, count) => page(logRequest(from, 'forwards', count), false),
    // The end of a log has something before it: at least the cluster's own events.
    logBackwards: (from, count) => page(logRequest(from, 'backwards', count), from !== null),
  }
}

/** Converts a page; an event that fails its check becomes an error. */
export const mapPage = <A>(
  page: LogPage,
  form: (event: WireEvent) => A,
): E.Either<LedgerError, ReadonlyArray<A>> =>
  E.isLeft(page) ? page : attempt('the cluster', () => page.right.map(form))
