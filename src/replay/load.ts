import * as E from '#fp/Either'
import type * as TE from '#fp/TaskEither'
import { compileDocuments } from '../ledger/documents.ts'
import type { Ledger, LedgerError } from '../ledger/port.ts'
import { readDecoded } from '../ledger/read.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Ruleset } from '../rules/ruleset.ts'
import { collectHistory, type History } from './history.ts'

/** A history, and the ledger's sequence that it was read up to. */
export type Loaded = { readonly history: History; readonly sequence: number }

export type LoadError =
  | LedgerError
  /** `--at` names a sequence that the ledger has not come to. */
  | { readonly kind: 'no_such_sequence'; readonly asked: number; readonly head: number }

export type LoadOptions = {
  /** The ledger as it stood at this sequence; null: as it stands. */
  readonly at: number | null
  /** Told now and then how many events were read, of how many. */
  readonly onProgress?: (done: number, total: number) => void
}

/** Reads the whole ledger, up to a sequence, into a history for a replay under `corrected`. */
export const loadHistory =
  (
    ledger: Ledger,
    vault: Vault,
    corrected: Ruleset,
    options: LoadOptions,
  ): TE.TaskEither<LoadError, Loaded> =>
  async () => {
    const head = await ledger.head()
    if (E.isLeft(head)) return head
    const last = options.at ?? head.right.sequence
    if (last > head.right.sequence) {
      return E.left({ kind: 'no_such_sequence', asked: last, head: head.right.sequence })
    }
    const collection = collectHistory(corrected)
    let sequence = 0
    for await (const page of readDecoded(ledger.readAll(null))) {
      if (sequence >= last) break
      if (E.isLeft(page)) return page
      for (const { recorded, event } of page.right) {
        if (recorded.sequence > last) break
        collection.add(event)
        sequence = recorded.sequence
      }
      options.onProgress?.(sequence, last)
    }
    if (sequence < last) {
      const message = `it ended at sequence ${sequence} while it was read, before ${last}`
      return E.left({ kind: 'unavailable', message })
    }
    const documents = await compileDocuments(vault, collection.documentsNeeded())
    return E.isLeft(documents)
      ? documents
      : E.right({ history: collection.finish(documents.right), sequence })
  }
