import { setTimeout as pause } from 'node:timers/promises'
import * as E from '#fp/Either'
import { attempt } from '../../foundation/attempt.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { streamsDamaged } from '../damaged-stream.ts'
import type { Ledger, LedgerError, Pages, SequencedEvent } from '../port.ts'
import { noVault } from '../vault/vault.ts'
import { type BatchAppender, openBatchAppender } from './batch-append.ts'
import { connectTo } from './connection.ts'
import { eventIdOf } from './event-id.ts'
import { openReader } from './read.ts'
import { type ClusterLimits, openClusterStore, USUAL } from './store.ts'
import type { ClusterEvent } from './stored.ts'
import { type ClusterVocabulary, clusterVocabulary } from './vocabulary.ts'

export type CopyRequest = {
  readonly source: Pick<Ledger, 'readAll' | 'vocabulary'>
  readonly target: Pick<Ledger, 'readAll'>
  /** Raises the target's vocabulary. */
  readonly raise: ClusterVocabulary['raise']
  /** Writes into the target. */
  readonly write: BatchAppender['send']
  /** How long one batch is retried, in ms. */
  readonly patience: number
  /** Called periodically with the number of events that are in the target and equal to the source. */
  readonly onProgress: (done: number) => void
}

/** What was copied: events that were there before, and those that were written. */
export type Copied = { readonly found: number; readonly written: number }

type TargetParts = { readonly sequencePath: string; readonly limits?: ClusterLimits }

/** What is needed of a cluster to copy into it; an invalid address is an error. */
export const openCopyTarget = (url: string, parts: TargetParts) =>
  attempt(parts.sequencePath, () => copyTarget(url, parts))

const copyTarget = (url: string, { sequencePath, limits = USUAL }: TargetParts) => {
  const ledger = openClusterStore(url, { vault: noVault, sequencePath, clock: () => 0, limits })
  const connection = connectTo(url)
  const appender = openBatchAppender(connection, '', limits.silence)
  return {
    target: ledger,
    raise: clusterVocabulary(openReader(connection, '', limits), appender, limits.patience).raise,
    write: appender.send,
    patience: limits.patience,
    close: async (): Promise<void> => {
      appender.close()
      await connection.close()
      await ledger.close()
    },
  }
}

/** Consecutive events of one stream are written at once: 25 at most, because the server accepts a megabyte. */
const BATCH = 25

/**
 * Copies a ledger's events into an empty cluster, or resumes an earlier copy: the same bytes, and so the same
 * recording times, in the same order, and so with the same sequences. What is already there is compared with the
 * source by leaf hash, event by event; at the first difference nothing is written. One batch at a time, because only
 * that guarantees the order. At the end everything is read back and compared again.
 */
export const copyLedger = async (request: CopyRequest): Promise<E.Either<LedgerError, Copied>> => {
  const { source, target, onProgress } = request
  const before = await compare(source.readAll(null), target.readAll(null), onProgress)
  if (E.isLeft(before)) return before
  const found = before.right.same
  const written = await writeRest(request, found)
  if (E.isLeft(written)) return written
  const after = await compare(source.readAll(null), target.readAll(null), () => {})
  if (E.isLeft(after)) return after
  if (after.right.same < found + written.right) {
    return E.left({
      kind: 'unavailable',
      message: `only ${after.right.same} of ${countOf(found + written.right, 'copied event')} could be read back; run the copy again`,
    })
  }
  return E.right({ found, written: written.right })
}

/** How far the target goes; an error if it is not a prefix of the source. */
const compare = async (
  source: Pages<SequencedEvent>,
  target: Pages<SequencedEvent>,
  onProgress: (done: number) => void,
): Promise<E.Either<LedgerError, { readonly same: number }>> => {
  const ours = eventsOf(source)
  let same = 0
  for await (const theirs of eventsOf(target)) {
    if (E.isLeft(theirs)) return theirs
    const next = await ours.next()
    const event = next.done === true ? undefined : next.value
    if (event !== undefined && E.isLeft(event)) return event
    if (event === undefined || !isSame(event.right, theirs.right)) {
      return E.left({
        kind: 'unusable',
        message:
          `event ${theirs.right.sequence} of the target differs from the source: copy into an empty ` +
          'cluster, or into one that an earlier copy of the same ledger has partly filled',
      })
    }
    same++
    if (same % 1_000 === 0) onProgress(same)
  }
  await ours.return(undefined)
  return E.right({ same })
}

const isSame = (a: SequencedEvent, b: SequencedEvent): boolean =>
  a.stream === b.stream && a.revision === b.revision && a.leafHash === b.leafHash

async function* eventsOf(
  pages: Pages<SequencedEvent>,
): AsyncGenerator<E.Either<LedgerError, SequencedEvent>, undefined, undefined> {
  for await (const page of pages) {
    if (E.isLeft(page)) yield page
    else for (const event of page.right) yield E.right(event)
  }
  return undefined
}

const writeRest = async (
  { source, raise, write, patience, onProgress }: CopyRequest,
  found: number,
): Promise<E.Either<LedgerError, number>> => {
  let run: SequencedEvent[] = []
  let done = found
  const flush = async (): Promise<E.Either<LedgerError, void>> => {
    const [first] = run
    if (first === undefined) return E.right(undefined)
    const events = run.map(storedEventOf)
    // Asked after these events were read: it may have been raised for one of them since the copy started.
    const vocabulary = await source.vocabulary()
    const raised = E.isLeft(vocabulary) ? vocabulary : await raise(vocabulary.right)
    if (E.isLeft(raised)) return raised
    const deadline = performance.now() + patience
    for (let wait = 20; ; wait = Math.min(2 * wait, 2_000)) {
      // Retried with the same bytes, ids and revision: whatever happened to an earlier attempt, it is there once.
      const answer = await write(first.stream, first.revision - 1, events)
      if (answer.kind === 'written') break
      if (answer.kind === 'tombstone') {
        return E.left(streamsDamaged([{ stream: first.stream, cause: 'tombstoned' }]))
      }
      if (answer.kind === 'wrong_revision') {
        return E.left({
          kind: 'unavailable',
          message: `another writer is changing ${first.stream} of the target; stop it, and run the copy again`,
        })
      }
      if (performance.now() + wait > deadline) {
        return E.left({
          kind: 'unavailable',
          message: `the target did not accept event ${first.sequence}: ${answer.message}; run the copy again to resume`,
        })
      }
      await pause(wait)
    }
    done += run.length
    onProgress(done)
    run = []
    return E.right(undefined)
  }
  for await (const event of eventsOf(source.readAll(null))) {
    if (E.isLeft(event)) return event
    if (event.right.sequence <= found) continue
    if (run.length === BATCH || (run[0] !== undefined && run[0].stream !== event.right.stream)) {
      const flushed = await flush()
      if (E.isLeft(flushed)) return flushed
    }
    run.push(event.right)
  }
  const flushed = await flush()
  return E.isLeft(flushed) ? flushed : E.right(done - found)
}

/** Every copy uses the same writer id, so that an interrupted copy can be resumed. */
const COPIER = 'copy'

const storedEventOf = ({ canonical, leafHash }: SequencedEvent): ClusterEvent => {
  const { source, id, type } = Object(JSON.parse(canonical))
  return {
    id: eventIdOf({ source: String(source), id: String(id) }, leafHash, COPIER),
    type: String(type),
    text: canonical,
    leafHash,
  }
}
