import * as E from '#fp/Either'
import { countOf } from '../../foundation/text/count-of.ts'
import { compileDocuments } from '../../ledger/documents.ts'
import { nothingLeftOut } from '../../ledger/leave-out.ts'
import type { Ledger } from '../../ledger/port.ts'
import type { Vault } from '../../ledger/vault/vault.ts'
import { asFailure } from '../../projection/duckdb.ts'
import { type ProjectionError, ProjectionFailure } from '../../projection/errors.ts'
import { historyEvents } from '../../projection/events/read.ts'
import { readProjectionCursor } from '../../projection/progress.ts'
import type { Published } from '../../projection/published.ts'
import { isOfLedger } from '../../projection/working-file.ts'
import { collectHistory, type EvidenceWanted } from './collect.ts'
import type { LoadError, Loaded, LoadOptions } from './load.ts'
import { loadVersionsWanted } from './load-versions.ts'

/** Why a history cannot be read from the projections. */
export type ProjectedLoadError =
  | LoadError
  | ProjectionError
  /** They end before the requested sequence. */
  | { readonly kind: 'behind'; readonly sequence: number; readonly requested: number }
  /** They were made from another ledger. */
  | { readonly kind: 'other_ledger' }

/**
 * Reads the same history as `loadHistory`, but from the published projections. They must be up to date and be made from
 * this ledger, which is only read to check that.
 */
export const loadProjected = async (
  { connection }: Published,
  ledger: Ledger,
  vault: Vault,
  wanted: EvidenceWanted,
  { at, onProgress }: LoadOptions,
): Promise<E.Either<ProjectedLoadError, Loaded>> => {
  const head = await ledger.head()
  if (E.isLeft(head)) return head
  const last = at ?? head.right.sequence
  if (last > head.right.sequence) {
    return E.left({ kind: 'no_such_sequence', requested: last, head: head.right.sequence })
  }
  const cursor = await readProjectionCursor(connection)
  const sequence = cursor?.sequence ?? 0
  if (sequence < last) return E.left({ kind: 'behind', sequence, requested: last })
  if (cursor !== null) {
    const ours = await isOfLedger(ledger, cursor)
    if (E.isLeft(ours)) return ours
    if (!ours.right) return E.left({ kind: 'other_ledger' })
  }

  const versions = await loadVersionsWanted(ledger, vault, wanted, last)
  if (E.isLeft(versions)) return versions
  const collection = collectHistory(wanted, versions.right)
  let done = 0
  try {
    for (const table of ['actions', 'evidence'] as const) {
      for await (const events of historyEvents(connection, table, { where: `sequence <= ${last}` })) {
        for (const { event } of events) collection.add(event)
        done += events.length
        onProgress?.(done, last)
      }
    }
  } catch (error) {
    const failure = asFailure(error)
    if (failure instanceof ProjectionFailure) return E.left(failure.error)
    throw failure
  }
  if (done !== last) {
    const message = `the projections hold ${done} of ${countOf(last, 'event')}; rebuild them with redress project --rebuild`
    return E.left({ kind: 'failed', message })
  }
  const documents = await compileDocuments(vault, collection.documentsNeeded())
  return E.isLeft(documents)
    ? documents
    : E.right({
        history: collection.finish(documents.right),
        sequence: last,
        leftOut: nothingLeftOut,
        cut: [],
      })
}
