import { setTimeout as pause } from 'node:timers/promises'
import * as E from '#fp/Either'
import type { StreamName } from '../../domain/stream.ts'
import { attempt, Unusable } from '../../foundation/attempt.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import type { RecordingClock } from '../clock.ts'
import { streamsDamaged } from '../damaged-stream.ts'
import type {
  Ledger,
  LedgerError,
  Pages,
  Position,
  ReadOptions,
  RecordedEvent,
  SequencedEvent,
} from '../port.ts'
import type { VaultWriter } from '../vault/vault.ts'
import { explaining, refuseNewer } from '../vocabulary.ts'
import { appending, CLOSED } from './append.ts'
import { openBatchAppender } from './batch-append.ts'
import { type Connection, connectTo } from './connection.ts'
import { continuity } from './continuity.ts'
import { knownStreams } from './known-streams.ts'
import { lastPlace, logEnd } from './log-end.ts'
import { compareInLog, type LogPosition, logPosition, logPositionOf } from './position.ts'
import { mapPage, openReader, type Prefix, type WireEvent } from './read.ts'
import { openSequenceIndex } from './sequence-index.ts'
import { openSequencer, otherCluster } from './sequencer.ts'
import { logPlaceOf, readEventOf } from './stored.ts'
import { assertReadable, clusterVocabulary } from './vocabulary.ts'

export type ClusterParts = Pick<RecordingClock, 'clock'> &
  Partial<RecordingClock> & {
    readonly vault: VaultWriter
    /** The file of the sequence index. */
    readonly sequencePath: string
    readonly limits?: ClusterLimits
    /** Whether sequences are given although events are missing: they then count what is there. */
    readonly acceptDamaged?: boolean
    /** What the names of all its streams begin with; nothing unless tests share a server. */
    readonly prefix?: Prefix
  }

/** In ms. */
export type ClusterLimits = {
  /** How long an answer of the cluster may take before the same is asked anew. */
  readonly silence: number
  /** How long the same is asked before it is given up. */
  readonly patience: number
}

export const USUAL: ClusterLimits = { silence: 10_000, patience: 60_000 }
const STREAM_PAGE = 500
const LOG_PAGE = 1_000
/** How often `follow` looks for new events, in ms. */
const POLL = 200

/**
 * The ledger in an EventStoreDB or KurrentDB cluster (`esdb://…`, `esdb+discover://…`). Throws `Unusable` on an address
 * that is none, and what opening the index throws; whether the cluster answers shows at the first call.
 */
export const openClusterStore = (
  url: string,
  {
    vault,
    sequencePath,
    clock,
    acceptClock = false,
    acceptDamaged = false,
    limits = USUAL,
    prefix = '',
  }: ClusterParts,
): Ledger => {
  const index = openSequenceIndex(sequencePath)
  const connection = connectOr(url, index.close)
  const reader = openReader(connection, prefix, limits)
  const appender = openBatchAppender(connection, prefix, limits.silence)
  const vocabulary = clusterVocabulary(reader, appender, limits.patience)
  const refuseNow = () => refuseNewer({ vocabulary: vocabulary.read })
  const sequencer = openSequencer(reader, index, sequencePath, limits.patience, refuseNow)
  let isClosed = false

  const eventAt = async (place: LogPosition): Promise<E.Either<LedgerError, RecordedEvent | null>> => {
    const end = await lastPlace(reader)
    if (E.isLeft(end)) return end
    if (end.right === null || compareInLog(place, end.right) > 0) return E.right(null)
    const page = await reader.log(place, 1)
    if (E.isLeft(page)) return page
    const [found] = page.right
    const stream = found === undefined ? undefined : reader.ledgerStreamOf(found)
    if (found === undefined || stream === undefined || compareInLog(logPlaceOf(found), place) !== 0) {
      return E.right(null)
    }
    return attempt('the cluster', () => readEventOf(found, stream).recorded)
  }

  const at = async (position: Position): Promise<E.Either<LedgerError, RecordedEvent | null>> => {
    const place = logPositionOf(position)
    return place === undefined ? E.right(null) : eventAt(place)
  }

  /** Numbers count only when none of the ledger's events was missing as they were given. */
  const numbered = <A>(answer: E.Either<LedgerError, A>): E.Either<LedgerError, A> => {
    if (E.isLeft(answer) || acceptDamaged) return answer
    const noted = attempt(sequencePath, index.damaged)
    if (E.isLeft(noted)) return noted
    const lost = noted.right.filter((one) => one.lost)
    return lost.length === 0
      ? answer
      : E.left(streamsDamaged(lost.map(({ stream, cause }) => ({ stream, cause }))))
  }
  const sequenceAt = async (place: LogPosition) => numbered(await sequencer.sequenceOf(place))

  /** Where reading after a position begins: that place, and its number. */
  const startAfter = async (position: Position | null): Promise<E.Either<LedgerError, Start>> => {
    if (position === null) return E.right({ place: null, sequence: 0 })
    const place = logPositionOf(position)
    const sequence = place === undefined ? E.right(undefined) : await sequenceAt(place)
    if (E.isLeft(sequence)) return sequence
    // The log before that place, which would tell of it, is not read.
    const refused = await refuseNow()
    if (refused !== null) return E.left(refused)
    return place === undefined || sequence.right === undefined
      ? E.left({ kind: 'unusable', message: unknownPosition(position) })
      : E.right({ place, sequence: sequence.right })
  }

  /** The ledger's events after a place of the log, which has a number, up to a place (undefined: without end). */
  async function* pagesAfter(
    start: Start,
    upTo: LogPosition | undefined,
    { without, until = Number.POSITIVE_INFINITY, onCut }: ReadOptions,
    signal?: AbortSignal,
  ): Pages<SequencedEvent> {
    let { place, sequence } = start
    const whole = continuity(reader, {
      fromStart: place === null,
      ...(without === undefined ? {} : { without }),
    })
    let vanished = 0
    let deadline = performance.now() + limits.patience
    // Until the end is seen: a read can be cut short.
    while (
      signal?.aborted !== true &&
      !(upTo !== undefined && place !== null && compareInLog(place, upTo) >= 0)
    ) {
      const page = await orAborted(reader.log(place, LOG_PAGE), signal)
      if (page === 'aborted') return
      if (E.isLeft(page)) {
        // Who follows waits for a cluster that has gone away, and goes on where it was.
        if (upTo === undefined && place !== null && page.left.kind === 'unavailable') continue
        yield page
        return
      }
      const after = page.right.filter((event) => place === null || compareInLog(logPlaceOf(event), place) > 0)
      const due =
        upTo === undefined ? after : after.filter((event) => compareInLog(logPlaceOf(event), upTo) <= 0)
      for (const event of due) whole.see(event)
      const last = after.at(-1)
      const ended = upTo !== undefined && last !== undefined && compareInLog(logPlaceOf(last), upTo) >= 0
      const numbers = numbersOf(due, sequence)
      if (E.isLeft(numbers)) {
        yield numbers
        return
      }
      vanished += numbers.right.vanished
      sequence = numbers.right.last
      const lost = whole.hasGap() || ended ? whole.lost() : []
      const isWhole = lost.length === 0 && (vanished === 0 || acceptDamaged)
      if (!isWhole && (ended || upTo === undefined)) {
        yield E.left(lost.length > 0 ? streamsDamaged(lost) : eventsGone(vanished))
        return
      }
      const events = mapPage(E.right(isWhole ? due : []), (event) => {
        const stream = reader.ledgerStreamOf(event)
        const number = numbers.right.of.get(event)
        if (stream === undefined || number === undefined || number > until) return []
        if (without?.has(stream) === true) return []
        return [{ ...readEventOf(event, stream).recorded, sequence: number }]
      })
      if (E.isLeft(events)) {
        yield events
        return
      }
      const found = events.right.flat()
      // What is missing shows before the last events come, so that nobody takes what came for all.
      if (found.length > 0) yield E.right(found)
      if (ended && onCut !== undefined) for (const one of whole.cut()) onCut(one)
      if (last !== undefined) {
        place = logPlaceOf(last)
        deadline = performance.now() + limits.patience
      } else if (upTo !== undefined && performance.now() > deadline) {
        yield E.left({ kind: 'unavailable', message: 'the cluster no longer shows what was its end' })
        return
        // It rejects for one reason only, that the signal aborts.
      } else await pause(POLL, undefined, signal === undefined ? {} : { signal }).catch(() => {})
    }
  }

  /** The numbers of events of the log: those of the index, which may know of events that are gone; else counted on. */
  const numbersOf = (events: ReadonlyArray<WireEvent>, before: number) =>
    attempt(sequencePath, () => {
      const of = new Map<WireEvent, number>()
      let last = before
      let vanished = 0
      for (const event of events) {
        if (reader.ledgerStreamOf(event) === undefined) {
          assertReadable(reader, event)
          continue
        }
        const number = index.sequenceOf(logPlaceOf(event)) ?? last + 1
        if (number <= last) throw new Unusable(otherCluster(sequencePath))
        vanished += number - last - 1
        last = number
        of.set(event, number)
      }
      return { of, last, vanished }
    })

  async function* readAll(position: Position | null, options: ReadOptions = {}): Pages<SequencedEvent> {
    const start = await startAfter(position)
    const last = await logEnd(reader)
    if (E.isLeft(start)) yield start
    else if (E.isLeft(last)) yield last
    else if (last.right !== null) yield* pagesAfter(start.right, last.right, options)
  }

  async function* follow(
    position: Position | null,
    signal: AbortSignal,
    options: ReadOptions = {},
  ): Pages<SequencedEvent> {
    const start = await startAfter(position)
    if (E.isLeft(start)) yield start
    else yield* pagesAfter(start.right, undefined, options, signal)
  }

  async function* readStream(stream: StreamName): Pages {
    const end = await reader.streamBackwards(stream, null, 1)
    const last = mapPage(end, (event) => readEventOf(event, stream).recorded.revision)
    if (E.isLeft(last)) {
      yield last
      return
    }
    // Until the end is seen: a read can be cut short.
    for (let next = 0; next <= (last.right[0] ?? -1); ) {
      const page = await reader.stream(stream, next, STREAM_PAGE)
      const events = mapPage(page, (event) => readEventOf(event, stream).recorded)
      yield events
      if (E.isLeft(events)) return
      next += events.right.length
    }
  }

  const appends = appending({
    appender,
    reader,
    vault,
    raise: vocabulary.raise,
    clock,
    acceptClock,
    streams: knownStreams(reader),
    patience: limits.patience,
    lastText: async () => {
      const last = await lastPlace(reader)
      if (E.isLeft(last)) return last
      const event = last.right === null ? E.right(null) : await eventAt(last.right)
      return E.isLeft(event) ? event : E.right(event.right?.canonical ?? null)
    },
  })

  return explaining({
    append: (batches) => async () => (isClosed ? E.left(CLOSED) : appends.append(batches)),
    readStream,
    readAll,
    follow,
    head: async () => {
      const last = numbered(await sequencer.catchUp())
      if (E.isLeft(last)) return last
      return E.right(
        last.right === null
          ? { sequence: 0, position: null }
          : { sequence: last.right.sequence, position: logPosition(last.right) },
      )
    },
    end: async () => {
      const last = await lastPlace(reader)
      if (E.isLeft(last)) return last
      return E.right(last.right === null ? null : logPosition(last.right))
    },
    damaged: async () => {
      const last = await sequencer.catchUp()
      if (E.isLeft(last)) return last
      const noted = attempt(sequencePath, index.damaged)
      return E.isLeft(noted) ? noted : E.right(noted.right.map(({ stream, cause }) => ({ stream, cause })))
    },
    vocabulary: vocabulary.read,
    at: (position) => () => at(position),
    sequenceOf: (position) => async () => {
      const event = await at(position)
      if (E.isLeft(event)) return event
      const place = logPositionOf(position)
      if (event.right === null || place === undefined) return E.right(null)
      const sequence = await sequenceAt(place)
      return E.isLeft(sequence) ? sequence : E.right(sequence.right ?? null)
    },
    close: async () => {
      isClosed = true
      appends.close()
      appender.close()
      index.close()
      await connection.close()
    },
  })
}

/** The answer, or that the signal aborts first. */
const orAborted = async <A>(work: Promise<A>, signal: AbortSignal | undefined): Promise<A | 'aborted'> => {
  if (signal === undefined) return work
  const { promise, resolve } = Promise.withResolvers<'aborted'>()
  const abort = (): void => resolve('aborted')
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort))
}

const connectOr = (url: string, close: () => void): Connection => {
  try {
    return connectTo(url)
  } catch (error) {
    close()
    throw error
  }
}

/** A place in the log and the number of the event that stands there; 0 before the first. */
type Start = { readonly place: LogPosition | null; readonly sequence: number }

const eventsGone = (count: number): LedgerError => ({
  kind: 'stream_damaged',
  streams: [],
  message:
    `${countOf(count, 'numbered event is', 'numbered events are')} no longer in the cluster's log, removed by a scavenge after ` +
    'somebody had deleted or cut a stream; restore the cluster from a backup',
})

const unknownPosition = (position: Position): string =>
  `it has no position ${position}; what was read from another ledger, or before this one was restored from an older backup, must be read again from the start`
