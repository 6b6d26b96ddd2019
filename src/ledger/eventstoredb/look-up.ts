import * as E from '#fp/Either'
import type { StreamName } from '../../domain/stream.ts'
import type { DamagedStream } from '../damaged-stream.ts'
import type { PreparedEvent } from '../event/prepare.ts'
import type { AppendBatch, AppendResult, LedgerError } from '../port.ts'
import { inParallel } from './in-parallel.ts'
import type { ClusterStream, KnownStreams } from './known-streams.ts'
import { type Attempts, knownEventOf, needsText, textKey } from './plan.ts'
import { mapPage, type Reader } from './read.ts'
import { readEventOf } from './stored.ts'

/** A batch, and its result once it has one. */
export type Open = { readonly batch: AppendBatch; result: AppendResult | undefined }

/** What open batches are planned against. */
export type LookedUp = {
  readonly known: ReadonlyMap<StreamName, ClusterStream>
  /** By `textKey`: the texts of known events that incoming ones must be compared with. */
  readonly texts: Map<string, string>
}

/** The number of streams that are read concurrently. */
const AT_ONCE = 256

/**
 * Looks up what open batches are planned against. A stream of which nothing is known is read only if one of its
 * events `needsReading`, or if a caller gave a revision. Sets the results of batches for incomplete streams.
 */
export const lookUp = async (
  { streams, reader }: { readonly streams: KnownStreams; readonly reader: Reader },
  open: ReadonlyArray<Open>,
  needsReading: (event: PreparedEvent) => boolean,
  attempts: Attempts,
): Promise<E.Either<LedgerError, LookedUp>> => {
  const careful = new Map<StreamName, boolean>()
  for (const { batch } of open) {
    const { stream, expectedRevision, events } = batch
    const needs = careful.get(stream) === true || expectedRevision !== 'any' || events.some(needsReading)
    careful.set(stream, needs)
  }
  const names = [...careful]
  const answers = await inParallel(AT_ONCE, names, ([stream, needs]) => streams.get(stream, !needs))
  const known = new Map<StreamName, ClusterStream>()
  for (const [i, [stream]] of names.entries()) {
    const answer = answers[i]
    if (answer === undefined) continue
    if (E.isRight(answer)) known.set(stream, answer.right)
    else if (!isSetAside(open, answer.left)) return answer
  }
  return E.map((texts: Map<string, string>) => ({ known, texts }))(
    await textsToCompare(reader, open, known, attempts),
  )
}

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

/** Sets the results of batches for an incomplete stream; the others continue. */
export const setAside = (open: ReadonlyArray<Open>, damaged: DamagedStream): void => {
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
