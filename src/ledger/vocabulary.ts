import * as E from '#fp/Either'
import { VOCABULARY } from '../domain/vocabulary.ts'
import type { Ledger, LedgerError, Pages, RecordedEvent } from './port.ts'

/** Why this Redress may not use a ledger of this vocabulary; null if it knows it. */
export const unknownVocabulary = (version: number): LedgerError | null =>
  version <= VOCABULARY
    ? null
    : {
        kind: 'unusable',
        message:
          `its events need version ${version} of the vocabulary, but this Redress knows version ${VOCABULARY}: a newer Redress ` +
          'has written to it; upgrade this one',
      }

/** Why this Redress may not use a ledger; null if it knows its vocabulary. */
export const refuseNewer = async (ledger: Pick<Ledger, 'vocabulary'>): Promise<LedgerError | null> => {
  const version = await ledger.vocabulary()
  return E.isLeft(version) ? version.left : unknownVocabulary(version.right)
}

/**
 * An error, or its cause: what a newer Redress has written since the ledger was opened looks like damage to an older
 * one. A ledger's vocabulary is raised no later than the first event that needs it is written, so a reader of such an
 * event finds it raised.
 */
export const explained = async (
  error: LedgerError,
  ledger: Pick<Ledger, 'vocabulary'>,
): Promise<LedgerError> => {
  if (error.kind !== 'corrupt' && error.kind !== 'stream_damaged') return error
  const version = await ledger.vocabulary()
  return E.isLeft(version) ? error : (unknownVocabulary(version.right) ?? error)
}

/** A store's ledger that never reports what a newer Redress has written as damage. */
export const explaining = (ledger: Ledger): Ledger => {
  async function* pages<A extends RecordedEvent>(from: Pages<A>): Pages<A> {
    for await (const page of from) yield E.isLeft(page) ? E.left(await explained(page.left, ledger)) : page
  }
  const answer = async <A>(
    work: () => Promise<E.Either<LedgerError, A>>,
  ): Promise<E.Either<LedgerError, A>> => {
    const result = await work()
    return E.isLeft(result) ? E.left(await explained(result.left, ledger)) : result
  }
  return {
    ...ledger,
    append: (batches, options) => answer(() => ledger.append(batches, options)),
    readStream: (stream) => pages(ledger.readStream(stream)),
    readAll: (after, options) => pages(ledger.readAll(after, options)),
    follow: (after, signal, options) => pages(ledger.follow(after, signal, options)),
    head: () => answer(ledger.head),
    end: () => answer(ledger.end),
    at: (position) => answer(() => ledger.at(position)),
    sequenceOf: (position) => answer(() => ledger.sequenceOf(position)),
    positionAt: (sequence) => answer(() => ledger.positionAt(sequence)),
  }
}
