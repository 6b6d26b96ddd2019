import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import * as E from '#fp/Either'
import { attempt } from '../../foundation/attempt.ts'
import type { DamagedStream } from '../damaged-stream.ts'
import type { PreparedEvent } from '../event/prepare.ts'
import type { AppendOptions, AppendResult, Ledger, LedgerError } from '../port.ts'
import type { VaultWriter } from '../vault/vault.ts'
import type { BatchAppender } from './batch-append.ts'
import { type Group, groupOf, groupsByStream, type Planned } from './groups.ts'
import { takeInOrder } from './in-parallel.ts'
import type { KnownStreams } from './known-streams.ts'
import { type LookedUp, lookUp, type Open, setAside } from './look-up.ts'
import { type Plan, plan } from './plan.ts'
import type { Reader } from './read.ts'
import { recordingClock, type WriterClock } from './recording-clock.ts'
import type { ClusterEvent } from './stored.ts'
import type { ClusterVocabulary } from './vocabulary.ts'

export type AppendParts = WriterClock & {
  readonly appender: BatchAppender
  readonly streams: KnownStreams
  readonly reader: Reader
  readonly vault: VaultWriter
  readonly vocabulary: Pick<ClusterVocabulary, 'has' | 'raise'>
  /** How long batches are retried, in ms. */
  readonly patience: number
}

export type Appending = { readonly append: Ledger['append']; readonly close: () => void }

/** The number of appends that are sent concurrently. */
const AT_ONCE = 256

/** What one call of `append` keeps until all its batches have a result. */
type Call = AppendOptions & {
  /** A name that no other call has, so that no redelivery has the id of an event that is recorded. */
  readonly writer: string
  readonly attempts: Map<PreparedEvent, ClusterEvent>
}

/** What prevented batches from being written, other than that their streams were wrongly assumed to be new. */
type Trouble = string | undefined

/**
 * Appends batches to the cluster. A batch is sent with the last known revision of its stream, and without the events
 * that are known to be in it: the revision alone would let an event in twice, because the server compares ids only
 * when the revision is behind. A stream of which nothing is known is assumed to be new, and read only if the cluster
 * refuses that, or has recently refused it for most such streams. If success is not confirmed, the rest of the stream
 * is read: what is there by then is written, and what is not is sent again with the same bytes and ids. One call at a
 * time.
 */
export const appending = (parts: AppendParts): Appending => {
  const { appender, streams, vault, vocabulary, patience } = parts
  const recordedNow = recordingClock(parts)
  let queue: Promise<unknown> = Promise.resolve()
  let isClosed = false

  /**
   * What must not be sent before it is known to be new. Sealing creates keys and ciphertexts, storing a document or
   * raising the vocabulary is as durable: none of it may happen for an event that turns out to be recorded already.
   */
  const needsReading = (event: PreparedEvent): boolean =>
    event.kind === 'personal' || event.document !== null || !vocabulary.has(event.vocabulary)

  const rewind = (open: ReadonlyArray<Open>): void => {
    for (const { batch } of open) streams.rewind(batch.stream)
  }

  /** Plans batches against what is known, and makes their sealed parts and documents durable. */
  const planned = (
    open: ReadonlyArray<Open>,
    { known, texts }: LookedUp,
    { writer, attempts }: Call,
    recordedAt: number,
  ): ReadonlyArray<Planned> => {
    let isDone = false
    try {
      const plans = open.map((one) => {
        const stand = known.get(one.batch.stream)
        if (stand === undefined) throw new RangeError(`${one.batch.stream} was not looked up`)
        return { one, stand, ...plan(one.batch, stand, { recordedAt, attempts, texts, vault, writer }) }
      })
      vault.commit()
      isDone = true
      return plans
    } finally {
      if (!isDone) {
        rewind(open)
        vault.rollback()
      }
    }
  }

  /** Looks up, plans and sends what is open; reports why something stays open. */
  const pass = async (all: ReadonlyArray<Open>, call: Call): Promise<E.Either<LedgerError, Trouble>> => {
    const found = await lookUp(parts, all, needsReading, call.attempts)
    if (E.isLeft(found)) return found
    const open = all.filter(({ result }) => result === undefined)
    const recordedAt = await recordedNow()
    if (E.isLeft(recordedAt)) return recordedAt
    const plans = attempt('the vault', () => planned(open, found.right, call, recordedAt.right))
    if (E.isLeft(plans)) return plans
    const raised = await vocabulary.raise(vocabularyFor(plans.right))
    if (E.isLeft(raised)) {
      rewind(open)
      return raised
    }
    let trouble: Trouble
    let refusal: LedgerError | undefined

    /** Whether what follows in its stream can be sent. */
    const write = async ({ stream, stand, expected, batches, send }: Group): Promise<boolean> => {
      if (send.length === 0) {
        for (const { one, result } of batches) one.result = result
        return true
      }
      // Too many were wrongly assumed to be new: the next pass reads this one.
      if (stand.knowledge === 'nothing' && !streams.seemNew()) return false
      for (const { event, ...stored } of send) call.attempts.set(event, stored)
      const answer = await appender.send(stream, expected, send)
      switch (answer.kind) {
        case 'written': {
          const shift = answer.revision - (expected + send.length)
          if (shift === 0) {
            for (const { one, result } of batches) one.result = result
            streams.confirm(stand, answer.revision)
            return true
          }
          // A soft-deleted stream can be written as if it were new, and continues at its old revision.
          const damaged: DamagedStream = { stream, cause: 'soft_deleted' }
          for (const { one, result } of batches) one.result = intoDamaged(result, shift, damaged)
          streams.rewind(stream)
          return false
        }
        case 'tombstone':
          setAside(open, { stream, cause: 'tombstoned' })
          return false
        case 'wrong_revision':
          if (stand.knowledge === 'nothing') streams.refuse()
          else trouble = `other writers keep changing ${stream}; try again`
          return false
        case 'refused':
          refusal = {
            kind: 'unavailable',
            message: `the cluster refused a batch for ${stream}: ${answer.message}`,
          }
          return false
        case 'unknown':
          trouble = answer.message
          return false
      }
    }
    const groups = call.order === 'per_stream' ? groupsByStream(plans.right) : plans.right.map(groupOf)
    await takeInOrder(AT_ONCE, groups, ({ stream }) => stream, write)
    rewind(open.filter(({ result }) => result?.kind !== 'written'))
    return refusal === undefined ? E.right(trouble) : E.left(refusal)
  }

  const append: Ledger['append'] = async (batches, options) => {
    const call: Call = { ...options, writer: randomUUID(), attempts: new Map() }
    const all = batches.map((batch): Open => ({ batch, result: undefined }))
    // The caller may know a newer state of the stream than is known here.
    rewind(all.filter(({ batch }) => batch.expectedRevision !== 'any'))
    let left = all.length
    let deadline = performance.now() + patience
    for (let wait = 20; ; ) {
      if (isClosed) return E.left(CLOSED)
      const open = all.filter(({ result }) => result === undefined)
      const done = await pass(open, call)
      if (E.isLeft(done)) return done
      const results = all.flatMap(({ result }) => (result === undefined ? [] : [result]))
      if (results.length === all.length) return E.right(results)
      // Streams that were not new: the next pass reads them.
      if (done.right === undefined) continue
      if (all.length - results.length < left) {
        left = all.length - results.length
        deadline = performance.now() + patience
        wait = 20
      }
      if (performance.now() + wait > deadline) {
        const message = `the cluster rejected some events: ${done.right}`
        return E.left({ kind: 'unavailable', message })
      }
      // At random intervals, so that neither of two writers always comes too late.
      await pause(wait * (0.5 + Math.random()))
      wait = Math.min(2 * wait, 2_000)
    }
  }

  return {
    append: (batches, options) => {
      const turn = queue.then(async () => {
        const results = await append(batches, options)
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

/** The vocabulary version that the events to be sent need. */
const vocabularyFor = (plans: ReadonlyArray<Pick<Plan, 'send'>>): number => {
  let needed = 1
  for (const { send } of plans) {
    for (const { event } of send) needed = Math.max(needed, event.vocabulary)
  }
  return needed
}

/** The result of a batch that was written as if its stream were new, but after what the stream had held. */
const intoDamaged = (result: AppendResult, shift: number, damaged: DamagedStream): AppendResult =>
  result.kind === 'written'
    ? {
        ...result,
        events: result.events.map((outcome) => {
          const revision = outcome.revision + shift
          return outcome.kind === 'appended' ? { ...outcome, revision, damaged } : { ...outcome, revision }
        }),
      }
    : result
