import type { StreamName } from '../../domain/stream.ts'
import type { DamageCause, DamagedStream } from '../damaged-stream.ts'
import type { Reader } from './read.ts'
import { revisionOf, type WireEvent } from './stored.ts'

/**
 * Follows the log event by event, and tells which streams of the ledger are not whole in it. Read from the log's start,
 * each stream must begin at 0; read from elsewhere, its first event that is seen is taken as it is. Holds one number for
 * each stream that is seen.
 */
export type Continuity = {
  readonly see: (event: WireEvent) => void
  /** Whether a stream has had a gap so far. */
  readonly hasGap: () => boolean
  /** Streams that lack events: at the log's end also those of which nothing is left but that they were deleted. */
  readonly lost: () => ReadonlyArray<DamagedStream>
  /** Streams that were deleted or limited and lack nothing in the log: until a scavenge. */
  readonly cut: () => ReadonlyArray<DamagedStream>
}

export const continuity = (
  reader: Pick<Reader, 'ledgerStreamOf' | 'deletionIn'>,
  { fromStart, without }: { readonly fromStart: boolean; readonly without?: ReadonlySet<StreamName> },
): Continuity => {
  const next = new Map<StreamName, number>()
  const gaps = new Set<StreamName>()
  /** What was done to streams last; null: it was taken back. */
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
        // What has a tombstone keeps it, whatever its metadata say.
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
