import * as E from '#fp/Either'
import type { StoredEvent } from '../domain/event.ts'
import { compileDocuments } from '../ledger/documents.ts'
import type { Ledger, LedgerError, SequencedEvent } from '../ledger/port.ts'
import { type DecodedEvent, readDecoded } from '../ledger/read.ts'
import type { Vault } from '../ledger/vault/vault.ts'
import type { LoadError } from '../replay/model/load.ts'
import type { Ruleset } from '../rulesets/ruleset.ts'

/** What folds over a ledger read of it. */
export type FoldedLedger = {
  readonly ledger: Pick<Ledger, 'head' | 'readAll' | 'readStream' | 'vocabulary'>
  readonly vault: Vault
}

export type HistoryOptions = {
  /** Up to this sequence; null: the whole ledger. */
  readonly at: number | null
  /** Called periodically with the number of events read, and of how many. */
  readonly onProgress: (done: number, total: number) => void
}

/** Hands the first events of a ledger over, one by one, in the order of sequences; returns the last sequence. */
export const eachOfHistory = async (
  ledger: FoldedLedger['ledger'],
  { at, onProgress }: HistoryOptions,
  take: (decoded: DecodedEvent<SequencedEvent>) => Promise<E.Either<LedgerError, void>>,
): Promise<E.Either<LoadError, number>> => {
  const head = await ledger.head()
  if (E.isLeft(head)) return head
  const last = at ?? head.right.sequence
  if (last > head.right.sequence) {
    return E.left({ kind: 'no_such_sequence', requested: last, head: head.right.sequence })
  }
  for await (const page of readDecoded(ledger, ledger.readAll(null, { until: last }))) {
    if (E.isLeft(page)) return page
    for (const decoded of page.right) {
      const taken = await take(decoded)
      if (E.isLeft(taken)) return taken
    }
    onProgress(page.right.at(-1)?.recorded.sequence ?? 0, last)
  }
  return E.right(last)
}

/** The document of a publication, compiled; a ledger whose vault lacks it is corrupt. */
export const documentOf = async (
  vault: Vault,
  { data: { documentSha256 } }: StoredEvent<'ruleset.published.v1'>,
): Promise<E.Either<LedgerError, Ruleset | null>> => {
  const documents = await compileDocuments(vault, new Set([documentSha256]))
  return E.isLeft(documents) ? documents : E.right(documents.right.get(documentSha256) ?? null)
}
