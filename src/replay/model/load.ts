import * as E from '#fp/Either'
import type { StreamName } from '../../domain/stream.ts'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import { compileDocuments } from '../../ledger/documents.ts'
import { type LeftOut, leaveOut, nothingLeftOut } from '../../ledger/leave-out.ts'
import type { Ledger, LedgerError } from '../../ledger/port.ts'
import { readDecoded } from '../../ledger/read.ts'
import type { Vault } from '../../ledger/vault/vault.ts'
import { collectHistory, type EvidenceWanted } from './collect.ts'
import type { History } from './history.ts'
import { loadVersionsWanted } from './load-versions.ts'

/** A history, and the ledger's sequence that it was read up to. */
export type Loaded = {
  readonly history: History
  readonly sequence: number
  /** What was left out because its streams in the ledger are incomplete. */
  readonly leftOut: LeftOut
  /** Streams that were deleted or truncated, but of which no event is missing here yet. */
  readonly cut: ReadonlyArray<DamagedStream>
}

export type LoadError =
  | LedgerError
  /** `--at` names a sequence that the ledger has not reached. */
  | { readonly kind: 'no_such_sequence'; readonly requested: number; readonly head: number }

export type LoadOptions = {
  /** Up to this sequence; null: the whole ledger. */
  readonly at: number | null
  /** Continues without the accounts whose streams are incomplete. */
  readonly withoutDamaged?: boolean
  /** Called periodically with the number of events read, and of how many. */
  readonly onProgress?: (done: number, total: number) => void
}

/** Reads the whole ledger, up to a sequence, into a history. */
export const loadHistory = async (
  ledger: Ledger,
  vault: Vault,
  wanted: EvidenceWanted,
  options: LoadOptions,
): Promise<E.Either<LoadError, Loaded>> => {
  const head = await ledger.head()
  if (E.isLeft(head)) return head
  const last = options.at ?? head.right.sequence
  if (last > head.right.sequence) {
    return E.left({ kind: 'no_such_sequence', requested: last, head: head.right.sequence })
  }
  const versions = await loadVersionsWanted(ledger, vault, wanted, last)
  if (E.isLeft(versions)) return versions
  for (let leftOut = nothingLeftOut; ; ) {
    const collection = collectHistory(wanted, versions.right)
    const read = await readUpTo(ledger, collection, last, leftOut.streams, options)
    if (E.isRight(read)) {
      const documents = await compileDocuments(vault, collection.documentsNeeded())
      if (E.isLeft(documents)) return documents
      const history = collection.finish(documents.right, leftOut.accounts)
      return E.right({ history, sequence: last, leftOut, cut: read.right })
    }
    const error = read.left
    if (options.withoutDamaged !== true || error.kind !== 'stream_damaged') return read
    // Streams without a known name cannot be left out, nor those that already are.
    if (error.streams.length === 0) return read
    const more = leaveOut(leftOut, error.streams)
    if (E.isLeft(more)) return more
    leftOut = more.right
  }
}

/** Collects the ledger's events up to a sequence, without some streams; returns those that were cut. */
const readUpTo = async (
  ledger: Ledger,
  collection: Collection,
  last: number,
  without: ReadonlySet<StreamName>,
  { onProgress }: LoadOptions,
): Promise<E.Either<LedgerError, ReadonlyArray<DamagedStream>>> => {
  const cut: DamagedStream[] = []
  const onCut = (stream: DamagedStream): void => {
    cut.push(stream)
  }
  let sequence = 0
  // Read to the end, whatever `last` is: an incomplete stream may only be detected there.
  for await (const page of readDecoded(ledger, ledger.readAll(null, { until: last, without, onCut }))) {
    if (E.isLeft(page)) return page
    for (const { recorded, event } of page.right) {
      collection.add(event)
      sequence = recorded.sequence
    }
    onProgress?.(sequence, last)
  }
  if (sequence < last && without.size === 0) {
    const message = `it ended at sequence ${sequence} while being read, before ${last}`
    return E.left({ kind: 'unavailable', message })
  }
  return E.right(cut)
}

type Collection = ReturnType<typeof collectHistory>
