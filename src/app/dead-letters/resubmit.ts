import * as E from '#fp/Either'
import type { Trust } from '../../ingest/accept/trust.ts'
import type { DeadLetters } from '../../ingest/dead-letters/letter.ts'
import { type LetterRetry, type RetryOutcome, resubmit } from '../../ingest/dead-letters/resubmit.ts'
import { describeIngestError } from '../../ingest/pipeline/ingestor.ts'
import { type AppError, failed, invalid } from '../error.ts'
import { lettersResult } from '../results.ts'
import { openStores, type RecordingPlace, type Stores } from '../stores.ts'
import { bytesOf, oneLetter } from './one-letter.ts'

/** Which letters are tried again; hashes may be given by their first digits. */
export type LettersToTry =
  /** All unresolved ones, except those that were too long to be stored in full. */
  | { readonly kind: 'all' }
  | { readonly kind: 'named'; readonly hashes: ReadonlyArray<string> }
  /** One event in place of one letter. */
  | { readonly kind: 'edited'; readonly hash: string; readonly event: Uint8Array }

export type ResubmitOptions = RecordingPlace & {
  readonly letters: LettersToTry
  readonly trust: Trust
  /** Whether their events are of the past, and stored as such. */
  readonly backfill: boolean
}

/** What became of each letter; `locked`: the hashes of those whose key is missing. */
export type Resubmitted = {
  readonly outcomes: ReadonlyArray<RetryOutcome>
  readonly locked: ReadonlyArray<string>
}

/** How many letters are held in memory and tried at once. */
const PAGE = 50

/** Tries to ingest dead letters again. What was written before an error stays written. */
export const resubmitDeadLetters = async ({
  letters: which,
  trust,
  backfill,
  ...place
}: ResubmitOptions): Promise<E.Either<AppError, Resubmitted>> => {
  const stores = await openStores(place)
  if (E.isLeft(stores)) return stores
  try {
    const outcomes: RetryOutcome[] = []
    const locked: string[] = []
    for (const page of pagesOf(stores.right.letters, which, locked)) {
      if (E.isLeft(page)) return page
      const tried = await tryAgain(stores.right, page.right, { trust, backfill })
      if (E.isLeft(tried)) return tried
      outcomes.push(...tried.right)
    }
    return E.right({ outcomes, locked })
  } finally {
    await stores.right.close()
  }
}

type Page = E.Either<AppError, ReadonlyArray<LetterRetry>>

/** The letters to try, page by page; an error is the last item. */
function* pagesOf(letters: DeadLetters, which: LettersToTry, locked: string[]): Iterable<Page> {
  switch (which.kind) {
    case 'all':
      return yield* unresolved(letters, locked)
    case 'named':
      for (const digits of which.hashes) yield named(letters, digits)
      return
    case 'edited':
      yield E.map(({ hash }: { readonly hash: string }) => [{ hash, bytes: which.event, isEdited: true }])(
        oneLetter(letters, which.hash),
      )
  }
}

function* unresolved(letters: DeadLetters, locked: string[]): Iterable<Page> {
  for (let after = ''; ; ) {
    const hashes = lettersResult(letters.unresolvedAfter(after, PAGE))
    if (E.isLeft(hashes)) return yield hashes
    const last = hashes.right.at(-1)
    if (last === undefined) return
    const page: LetterRetry[] = []
    for (const hash of hashes.right) {
      const body = lettersResult(letters.body(hash))
      if (E.isLeft(body)) return yield body
      // Null or destroyed: another process has purged or resolved it meanwhile.
      if (body.right?.kind === 'open') page.push({ hash, bytes: body.right.bytes, isEdited: false })
      else if (body.right?.kind === 'locked') locked.push(hash)
    }
    yield E.right(page)
    after = last
  }
}

const named = (letters: DeadLetters, digits: string): Page => {
  const letter = oneLetter(letters, digits)
  if (E.isLeft(letter)) return letter
  const { hash, truncated } = letter.right
  if (truncated) {
    return invalid(
      `${hash.slice(0, 12)} was too long to be stored in full; give the whole event in a file`,
      'file',
    )
  }
  return E.map((bytes: Uint8Array) => [{ hash, bytes, isEdited: false }])(bytesOf(letters, letter.right))
}

const tryAgain = async (
  { ledger, letters, clock }: Stores,
  page: ReadonlyArray<LetterRetry>,
  policy: Pick<ResubmitOptions, 'trust' | 'backfill'>,
): Promise<E.Either<AppError, ReadonlyArray<RetryOutcome>>> => {
  const outcomes = await resubmit(ledger, letters, page, { now: clock(), ...policy })
  return E.isLeft(outcomes) ? failed(describeIngestError(outcomes.left)) : outcomes
}
