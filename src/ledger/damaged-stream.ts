import type { StreamName } from '../domain/stream.ts'

/** How a stream was damaged outside of the ledger, as far as the store can tell. */
export type DamageCause =
  | 'soft_deleted'
  | 'tombstoned'
  | 'max_count'
  | 'max_age'
  | 'truncated'
  /** Events are missing, and nothing says why any more. */
  | 'scavenged'

/** A stream of the ledger that was deleted or cut: reads do not return what was written. */
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

/** What happened to a stream, and what to do, on one line. */
export const describeDamaged = ({ stream, cause }: DamagedStream): string =>
  `the stream ${stream} is incomplete (${done[cause]}); ${remedy(cause, stream)}`

/** The streams grouped by what happened to them, all named, on one line. */
export const listDamaged = (damaged: ReadonlyArray<DamagedStream>): string =>
  [...Map.groupBy(damaged, ({ cause }) => cause)]
    .map(([cause, streams]) => `${done[cause]}: ${streams.map(({ stream }) => stream).join(', ')}`)
    .join('; ')

/** The error for incomplete streams. */
export const streamsDamaged = (damaged: ReadonlyArray<DamagedStream>) => {
  const [first] = damaged
  return {
    kind: 'stream_damaged',
    streams: damaged,
    message:
      damaged.length === 1 && first !== undefined
        ? describeDamaged(first)
        : `${damaged.length} streams are incomplete (${listDamaged(damaged)}); reset the metadata of those that were ` +
          `cut or soft-deleted; if a scavenge has removed events, ${RESTORE}`,
  } as const
}

/** A warning about damaged streams whose events are all still in the log. */
export const describeCutStreams = (cut: ReadonlyArray<DamagedStream>): string =>
  `streams were deleted or limited in the cluster (${listDamaged(cut)}); their events are still in the log and ` +
  'still count, but the next scavenge removes them: reset the metadata of these streams before then'
