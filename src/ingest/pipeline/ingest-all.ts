import * as E from '#fp/Either'
import type { RawBatch } from '../accept/batch.ts'
import type { BatchOutcome, IngestError, Ingestor } from './ingestor.ts'

/** Batches in progress at once: one being written, one ready to follow, and two that the decoder has or gets next. */
const UNDER_WAY = 4

/**
 * Ingests what a source yields, until it ends or fails. `onDurable` is called for each batch in order once all of it
 * is on disk. A source that is ahead waits. On a failure `stop` is aborted, so that the source ends even while it
 * waits for input; batches in progress are still awaited.
 */
export const ingestAll = async <B extends RawBatch, F>(
  batches: AsyncIterable<E.Either<F, B>>,
  ingestor: Ingestor,
  onDurable: (batch: B, outcome: BatchOutcome) => void,
  stop: AbortController,
): Promise<E.Either<F | IngestError, void>> => {
  let failure: E.Either<F | IngestError, void> = E.right(undefined)
  const fail = (error: F | IngestError): void => {
    if (E.isRight(failure)) failure = E.left(error)
    stop.abort()
  }
  const ingest = async (batch: B): Promise<void> => {
    const outcome = await ingestor.take(batch)
    if (E.isLeft(outcome)) fail(outcome.left)
    else onDurable(batch, outcome.right)
  }
  const underWay: Promise<void>[] = []
  for await (const batch of batches) {
    if (E.isLeft(batch)) fail(batch.left)
    if (E.isLeft(batch) || E.isLeft(failure)) break
    underWay.push(ingest(batch.right))
    if (underWay.length >= UNDER_WAY) await underWay.shift()
  }
  await Promise.all(underWay)
  return failure
}
