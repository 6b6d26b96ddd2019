import type { StreamName } from '../../domain/stream.ts'
import type { DamageCause, DamagedStream } from '../damaged-stream.ts'
import type { Reader } from './read.ts'
import { revisionOf, type WireEvent } from './stored.ts'

/**
 * Follows the log event by event, and finds the ledger's streams that are incomplete in it. Read from the log's
 * start, each stream must start at 0; read from elsewhere, the first event seen of a stream is accepted as it is.
 * Holds one number for each stream seen.
 */
export type Continuity = {
  readonly see: (event: WireEvent) => void
  /** Whether any stream has had a gap so far. */
  readonly hasGap: () => boolean
  /** Streams that lack events; at the log's end, these include those of which only the deletion is left. */
  readonly lost: () => ReadonlyArray<DamagedStream>
  /** Streams that were deleted or limited but still have all events in the log, until a scavenge. */
  readonly cut: () => ReadonlyArray<DamagedStream>
}

export const continuity = (
  reader: Pick<Reader, 'ledgerStreamOf' | 'deletionIn'>,
  { fromStart, without }: { readonly fromStart: boolean; readonly without?: ReadonlySet<StreamName> },
): Continuity => {
  const next = new Map<StreamName, number>()
  const gaps = new Set<StreamName>()
  /** The latest damage to streams; null: it was undone. */
  const deeds = new Map<StreamName, DamageCause | null>()

  const lost = (): ReadonlyArray<DamagedStream> => {
    const vanished = fromStart ? [...deeds.keys()].filter((stream) => !next.has(stream)) : []
    return [...gaps, ...vanished].map((stream) => ({ stream, cause: deeds.get(stream) ?? 'scavenged' }))
  }
  return {
    see: (event) => {
      const stream = reader.ledgerStreamOf(event)
      if (stream === undefined) {
        const deed = reader.deletionIn(event)
        if (deed === undefined || without?.has(deed.stream) === true) return
        // A tombstone is permanent, whatever the metadata say.
        if (deeds.get(deed.stream) !== 'tombstoned') deeds.set(deed.stream, deed.cause)
        return
      }
      if (without?.has(stream) === true) return
      const revision = revisionOf(event)
      const due = next.get(stream) ?? (fromStart ? 0 : revision)
      if (revision !== due) gaps.add(stream)
      next.set(stream, revision + 1)
    },
    hasGap: () => gaps.size > 0,
    lost,
    cut: () => {
      const missing = new Set(lost().map(({ stream }) => stream))
      return [...deeds].flatMap(([stream, cause]) =>
        cause === null || missing.has(stream) ? [] : [{ stream, cause }],
      )
    },
  }
}
