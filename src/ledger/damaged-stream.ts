import type { StreamName } from '../domain/stream.ts'

/** What was done to a stream behind the ledger's back, as far as the store can tell. */
export type DamageCause =
  | 'soft_deleted'
  | 'tombstoned'
  | 'max_count'
  | 'max_age'
  | 'truncated'
  /** Events are gone, and nothing says why any more. */
  | 'scavenged'

/** A stream of the ledger that somebody deleted or cut: what reads give of it is not what was written. */
export type DamagedStream = { readonly stream: StreamName; readonly cause: DamageCause }

const done: Readonly<Record<DamageCause, string>> = {
  soft_deleted: 'soft-deleted',
  tombstoned: 'deleted with a tombstone',
  max_count: 'cut by $maxCount',
  max_age: 'cut by $maxAge',
  truncated: 'cut by $tb',
  scavenged: 'events removed by a scavenge',
}

const RESTORE = 'restore the cluster from a backup'

const remedy = (cause: DamageCause, stream: string): string =>
  cause === 'tombstoned' || cause === 'scavenged'
    ? RESTORE
    : `reset the stream's metadata ($$${stream}): the events return, unless a scavenge has removed them; then ${RESTORE}`

/** What was done to a stream, and what to do, on one line. */
export const describeDamaged = ({ stream, cause }: DamagedStream): string =>
  `the stream ${stream} is not whole (${done[cause]}); ${remedy(cause, stream)}`

/** The streams by what was done to them, all of them named, on one line. */
export const listDamaged = (damaged: ReadonlyArray<DamagedStream>): string =>
  [...Map.groupBy(damaged, ({ cause }) => cause)]
    .map(([cause, streams]) => `${done[cause]}: ${streams.map(({ stream }) => stream).join(', ')}`)
    .join('; ')

/** The error for streams that are not whole. */
export const streamsDamaged = (damaged: ReadonlyArray<DamagedStream>) => {
  const [first] = damaged
  return {
    kind: 'stream_damaged',
    streams: damaged,
    message:
      damaged.length === 1 && first !== undefined
        ? describeDamaged(first)
        : `${damaged.length} streams are not whole (${listDamaged(damaged)}); reset the metadata of those that were ` +
          `cut or soft-deleted, and where a scavenge has removed events ${RESTORE}`,
  } as const
}

/** A warning of streams of which nothing is missing in the log yet. */
export const describeCutStreams = (cut: ReadonlyArray<DamagedStream>): string =>
  `somebody deleted or limited streams in the cluster (${listDamaged(cut)}); the log still holds their events, and ` +
  'they count here, until a scavenge removes them: reset the metadata of these streams before that'
