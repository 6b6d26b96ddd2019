import { setTimeout as pause } from 'node:timers/promises'
import * as E from '#fp/Either'
import { attempt, Unusable } from '../../foundation/attempt.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { streamsDamaged } from '../damaged-stream.ts'
import type { Ledger, LedgerError, Pages, Position, ReadOptions, SequencedEvent } from '../port.ts'
import { continuity } from './continuity.ts'
import { logEnd } from './log-end.ts'
import { compareInLog, type LogPosition, logPositionOf } from './position.ts'
import { mapPage, type Reader } from './read.ts'
import type { SequenceIndex } from './sequence-index.ts'
import { otherCluster } from './sequencer.ts'
import { logPlaceOf, readEventOf, type WireEvent } from './stored.ts'
import { assertReadable } from './vocabulary.ts'

const LOG_PAGE = 1_000
/** How often `follow` looks for new events, in ms. */
const POLL = 200

type LogParts = {
  readonly reader: Reader
  readonly index: Pick<SequenceIndex, 'sequenceOf'>
  readonly sequencePath: string
  /** How long to wait for the log's end, in ms. */
  readonly patience: number
  readonly acceptDamaged: boolean
  /** The number of the event at a place; undefined if there is none. */
  readonly sequenceAt: (place: LogPosition) => Promise<E.Either<LedgerError, number | undefined>>
  /** Why a ledger with a newer vocabulary is not read; null if it is not one. */
  readonly refuseNow: () => Promise<LedgerError | null>
}

/** Reads a cluster's log page by page, each event with its number. */
export const logPages = ({
  reader,
  index,
  sequencePath,
  patience,
  acceptDamaged,
  sequenceAt,
  refuseNow,
}: LogParts): Pick<Ledger, 'readAll' | 'follow'> => {
  /** Where reading after a position starts: that place, and its number. */
  const startAfter = async (position: Position | null): Promise<E.Either<LedgerError, Start>> => {
    if (position === null) return E.right({ place: null, sequence: 0 })
    const place = logPositionOf(position)
    const sequence = place === undefined ? E.right(undefined) : await sequenceAt(place)
    if (E.isLeft(sequence)) return sequence
    // The part of the log before that place, which would show it, is not read.
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
    let deadline = performance.now() + patience
    // Until the end is seen: a read can be cut short.
    while (
      signal?.aborted !== true &&
      !(upTo !== undefined && place !== null && compareInLog(place, upTo) >= 0)
    ) {
      const page = await orAborted(reader.log(place, LOG_PAGE), signal)
      if (page === 'aborted') return
      if (E.isLeft(page)) {
        // A follower waits for an unreachable cluster, and resumes where it was.
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
      // Missing events are reported before the last events are returned, so that nobody mistakes these for all.
      if (found.length > 0) yield E.right(found)
      if (ended && onCut !== undefined) for (const one of whole.cut()) onCut(one)
      if (last !== undefined) {
        place = logPlaceOf(last)
        deadline = performance.now() + patience
      } else if (upTo !== undefined && performance.now() > deadline) {
        yield E.left({
          kind: 'unavailable',
          message: 'the log of the cluster is shorter than at the last read; try again',
        })
        return
        // It rejects only when the signal aborts.
      } else await pause(POLL, undefined, signal === undefined ? {} : { signal }).catch(() => {})
    }
  }

  /**
   * The numbers of events of the log: from the index, which may know of events that are missing; otherwise by
   * counting on.
   */
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

  return { readAll, follow }
}

/** The answer, unless the signal aborts first. */
const orAborted = async <A>(work: Promise<A>, signal: AbortSignal | undefined): Promise<A | 'aborted'> => {
  if (signal === undefined) return work
  const { promise, resolve } = Promise.withResolvers<'aborted'>()
  const abort = (): void => resolve('aborted')
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort))
}

/** A place in the log and the number of the event there; 0 before the first. */
type Start = { readonly place: LogPosition | null; readonly sequence: number }

const eventsGone = (count: number): LedgerError => ({
  kind: 'stream_damaged',
  streams: [],
  message:
    `${countOf(count, 'numbered event is', 'numbered events are')} no longer in the cluster's log, removed by a scavenge after ` +
    'a stream was deleted or cut; restore the cluster from a backup',
})

const unknownPosition = (position: Position): string =>
  `it has no position ${position}: the position is from another ledger, or from before this one was restored from an older backup; read again from the start`
