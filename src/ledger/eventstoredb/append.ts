import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import * as E from '#fp/Either'
import type { StreamName } from '../../domain/stream.ts'
import { attempt } from '../../foundation/attempt.ts'
import { type RecordingClock, recordedAtOf, recordingTime } from '../clock.ts'
import type { DamagedStream } from '../damaged-stream.ts'
import type { PreparedEvent } from '../event/prepare.ts'
import type { AppendBatch, AppendResult, LedgerError } from '../port.ts'
import type { VaultWriter } from '../vault/vault.ts'
import type { BatchAppender } from './batch-append.ts'
import { inParallel, takeInOrder } from './in-parallel.ts'
import type { ClusterStream, KnownStreams } from './known-streams.ts'
import { type Attempts, knownEventOf, needsText, type Plan, type Planning, plan, textKey } from './plan.ts'
import { mapPage, type Reader } from './read.ts'
import { type ClusterEvent, readEventOf } from './stored.ts'
import type { ClusterVocabulary } from './vocabulary.ts'

export type AppendParts = RecordingClock & {
  readonly appender: BatchAppender
  readonly streams: KnownStreams
  readonly reader: Reader
  readonly vault: VaultWriter
  readonly raise: ClusterVocabulary['raise']
  /** The text of the ledger's last event; null when it is empty. */
  readonly lastText: () => Promise<E.Either<LedgerError, string | null>>
  /** How long batches are retried, in ms. */
  readonly patience: number
}

type Append = (
  batches: ReadonlyArray<AppendBatch>,
) => Promise<E.Either<LedgerError, ReadonlyArray<AppendResult>>>

export type Appending = { readonly append: Append; readonly close: () => void }

/** The number of streams that are read, or batches that are sent, concurrently. */
const AT_ONCE = 256

/**
 * Appends batches to the cluster. A batch is sent with the last known revision of its stream, and without the events
 * that are known to be in it: the revision alone would let an event in twice, because the server compares ids only
 * when the revision is behind. If success is not confirmed, the rest of the stream is read: what is there by then is
 * written, and what is not is sent again with the same bytes and ids. One call at a time.
 */
export const appending = (parts: AppendParts): Appending => {
  const { appender, streams, reader, vault, raise, patience } = parts
  const recordedNow = recordingClock(parts)
  const writer = randomUUID()
  let queue: Promise<unknown> = Promise.resolve()
  let isClosed = false

  /** Plans batches against what is known, and makes their sealed parts and documents durable. */
  const planned = (
    open: ReadonlyArray<Open>,
    known: ReadonlyMap<StreamName, ClusterStream>,
    planning: Omit<Planning, 'vault' | 'writer'>,
  ) => {
    let isDone = false
    try {
      const plans = open.map((one) => {
        const stand = known.get(one.batch.stream)
        if (stand === undefined) throw new RangeError(`${one.batch.stream} was not looked up`)
        return { one, stand, ...plan(one.batch, stand, { ...planning, vault, writer }) }
      })
      vault.commit()
      isDone = true
      return plans
    } finally {
      if (!isDone) {
        for (const { batch } of open) streams.rewind(batch.stream)
        vault.rollback()
      }
    }
  }

  /** Looks up, plans and sends what is open; reports the error of what stays open. */
  const pass = async (
    all: ReadonlyArray<Open>,
    attempts: Map<PreparedEvent, ClusterEvent>,
  ): Promise<E.Either<LedgerError, { readonly trouble: string }>> => {
    const known = await lookUp(streams, all)
    if (E.isLeft(known)) return known
    const texts = await textsToCompare(reader, all, known.right, attempts)
    if (E.isLeft(texts)) return texts
    const open = all.filter(({ result }) => result === undefined)
    const recordedAt = await recordedNow()
    if (E.isLeft(recordedAt)) return recordedAt
    const planning = { recordedAt: recordedAt.right, attempts, texts: texts.right }
    const plans = attempt('the vault', () => planned(open, known.right, planning))
    if (E.isLeft(plans)) return plans
    const raised = await raise(vocabularyFor(plans.right))
    if (E.isLeft(raised)) {
      for (const { batch } of open) streams.rewind(batch.stream)
      return raised
    }
    let trouble = ''
    let refusal: LedgerError | undefined
    const write = async ({
      one,
      stand,
      expected,
      send,
      result,
    }: (typeof plans.right)[number]): Promise<boolean> => {
      const { stream } = one.batch
      for (const { event, ...stored } of send) attempts.set(event, stored)
      const answer = send.length === 0 ? null : await appender.send(stream, expected, send)
      if (answer === null || answer.kind === 'written') {
        one.result = result
        stand.confirmed = expected + send.length
        return true
      }
      if (answer.kind === 'tombstone') {
        setAside(open, { stream, cause: 'tombstoned' })
        return false
      }
      trouble = answer.kind === 'wrong_revision' ? `other writers keep changing ${stream}` : answer.message
      if (answer.kind === 'refused') {
        refusal = { kind: 'unavailable', message: `the cluster refused a batch for ${stream}: ${trouble}` }
      }
      return false
    }
    await takeInOrder(AT_ONCE, plans.right, ({ one }) => one.batch.stream, write)
    for (const { batch, result } of open) if (result?.kind !== 'written') streams.rewind(batch.stream)
    return refusal === undefined ? E.right({ trouble }) : E.left(refusal)
  }

  const append: Append = async (batches) => {
    const attempts = new Map<PreparedEvent, ClusterEvent>()
    const all = batches.map((batch): Open => ({ batch, result: undefined }))
    // The caller may know a newer state of the stream than is known here.
    for (const { stream, expectedRevision } of batches) if (expectedRevision !== 'any') streams.rewind(stream)
    let left = all.length
    let deadline = performance.now() + patience
    for (let wait = 20; ; wait = Math.min(2 * wait, 2_000)) {
      if (isClosed) return E.left(CLOSED)
      const open = all.filter(({ result }) => result === undefined)
      const done = await pass(open, attempts)
      if (E.isLeft(done)) return done
      const results = all.flatMap(({ result }) => (result === undefined ? [] : [result]))
      if (results.length === all.length) return E.right(results)
      if (all.length - results.length < left) {
        left = all.length - results.length
        deadline = performance.now() + patience
        wait = 20
      }
      if (performance.now() + wait > deadline) {
        const message = `the cluster did not accept all events: ${done.right.trouble}`
        return E.left({ kind: 'unavailable', message })
      }
      // At random intervals, so that neither of two writers always comes too late.
      await pause(wait * (0.5 + Math.random()))
    }
  }

  return {
    append: (batches) => {
      const turn = queue.then(async () => {
        const results = await append(batches)
        streams.trim()
        return results
      })
      queue = turn.catch(() => {})
      return turn
    },
    close: () => {
      isClosed = true
    },
  }
}

export const CLOSED: LedgerError = { kind: 'unavailable', message: 'the ledger was closed' }

type Open = { readonly batch: AppendBatch; result: AppendResult | undefined }

/** The vocabulary version that the events to be sent need. */
const vocabularyFor = (plans: ReadonlyArray<Pick<Plan, 'send'>>): number => {
  let needed = 1
  for (const { send } of plans) {
    for (const { event } of send) needed = Math.max(needed, event.vocabulary)
  }
  return needed
}

/** Sets the results of batches for an incomplete stream; the others continue. */
const setAside = (open: ReadonlyArray<Open>, damaged: DamagedStream): void => {
  const { stream } = damaged
  for (const one of open) {
    if (one.batch.stream !== stream || one.result !== undefined) continue
    one.result = { kind: 'stream_damaged', stream, damaged }
  }
}

/** Whether an error concerns single streams, whose batches are then set aside. */
const isSetAside = (open: ReadonlyArray<Open>, error: LedgerError): boolean => {
  if (error.kind !== 'stream_damaged') return false
  for (const damaged of error.streams) setAside(open, damaged)
  return true
}

const lookUp = async (
  streams: KnownStreams,
  open: ReadonlyArray<Open>,
): Promise<E.Either<LedgerError, ReadonlyMap<StreamName, ClusterStream>>> => {
  const known = new Map<StreamName, ClusterStream>()
  const names = [...new Set(open.map(({ batch }) => batch.stream))]
  const answers = await inParallel(AT_ONCE, names, streams.get)
  for (const [i, stream] of names.entries()) {
    const answer = answers[i]
    if (answer === undefined) continue
    if (E.isRight(answer)) known.set(stream, answer.right)
    else if (!isSetAside(open, answer.left)) return answer
  }
  return E.right(known)
}

/** The texts of known events that must be compared with incoming ones, by revision and stream. */
const textsToCompare = async (
  reader: Reader,
  open: ReadonlyArray<Open>,
  known: ReadonlyMap<StreamName, ClusterStream>,
  attempts: Attempts,
): Promise<E.Either<LedgerError, Map<string, string>>> => {
  const wanted = open.flatMap(({ batch: { stream, events } }) =>
    events.flatMap((event) => {
      const stand = known.get(stream)
      const before = stand === undefined ? undefined : knownEventOf(stand, event)
      return before !== undefined && needsText(before, event, attempts.get(event))
        ? [{ stream, revision: before.revision }]
        : []
    }),
  )
  const texts = new Map<string, string>()
  const pages = await inParallel(AT_ONCE, wanted, async ({ stream, revision }) =>
    mapPage(await reader.stream(stream, revision, 1), (event) => readEventOf(event, stream).recorded),
  )
  for (const page of pages) {
    if (E.isLeft(page)) {
      if (isSetAside(open, page.left)) continue
      return page
    }
    for (const { stream, revision, canonical } of page.right) texts.set(textKey(stream, revision), canonical)
  }
  return E.right(texts)
}

/**
 * The clock of this writer: never before the last event that was there when it started, or its own last event. It
 * does not know what writers with other clocks have recorded since.
 */
const recordingClock = ({ clock, acceptClock, lastText }: AppendParts) => {
  let last: number | null | undefined
  return async (): Promise<E.Either<LedgerError, number>> => {
    if (last === undefined) {
      const text = await lastText()
      if (E.isLeft(text)) return text
      last = text.right === null ? null : (recordedAtOf(text.right) ?? null)
    }
    const time = recordingTime(clock(), last, acceptClock)
    if (E.isRight(time)) last = time.right
    return time
  }
}
