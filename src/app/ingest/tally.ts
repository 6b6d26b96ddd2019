import { addCount } from '../../ingest/accept/batch.ts'
import type { Rejection, RejectionCode } from '../../ingest/accept/rejection.ts'
import { REHEARSAL } from '../../ingest/accept/without-rehearsal.ts'
import type { BatchOutcome } from '../../ingest/pipeline/ingestor.ts'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'

/** How many rejections are listed. */
export const SHOWN_REJECTIONS = 20

/** What became of messages so far: of a file's lines, of a topic's messages. */
export type IngestTally = {
  accepted: number
  duplicate: number
  rejected: number
  /** Dead letters that were resolved. */
  resolved: number
  readonly reasons: Map<RejectionCode, number>
  /** How often each extension was dropped, by its name, and rehearsals, under their path. */
  readonly dropped: Map<string, number>
  /** Streams that were deleted or truncated in the cluster, by name. */
  readonly damaged: Map<string, DamagedStream>
  /** Deleted streams whose events were accepted, but perhaps for the second time, by name. */
  readonly reopened: Map<string, DamagedStream>
  readonly firstRefused: { readonly origin: string; readonly rejection: Rejection }[]
}

export const emptyTally = (): IngestTally => ({
  accepted: 0,
  duplicate: 0,
  rejected: 0,
  resolved: 0,
  reasons: new Map(),
  dropped: new Map(),
  damaged: new Map(),
  reopened: new Map(),
  firstRefused: [],
})

/** Adds a batch that is on disk. */
export const tallyUp = (tally: IngestTally, outcome: BatchOutcome): void => {
  tally.accepted += outcome.accepted
  tally.duplicate += outcome.duplicate
  tally.rejected += outcome.refused.length
  tally.resolved += outcome.resolved
  for (const { origin, rejection } of outcome.refused) {
    const { code } = rejection
    tally.reasons.set(code, (tally.reasons.get(code) ?? 0) + 1)
    if (tally.firstRefused.length < SHOWN_REJECTIONS) tally.firstRefused.push({ origin, rejection })
  }
  for (const [stream, damaged] of outcome.damaged) tally.damaged.set(stream, damaged)
  for (const [stream, damaged] of outcome.reopened) tally.reopened.set(stream, damaged)
  for (const [name, count] of outcome.dropped) addCount(tally.dropped, name, count)
}

/** How often each extension was dropped. */
export const droppedExtensions = ({ dropped }: IngestTally): ReadonlyMap<string, number> =>
  new Map([...dropped].filter(([name]) => name !== REHEARSAL))

/** Whether some messages were not simply recorded or duplicates. */
export const hasFindings = ({ rejected, reopened }: IngestTally): boolean => rejected > 0 || reopened.size > 0

export const total = ({ accepted, duplicate, rejected }: IngestTally): number =>
  accepted + duplicate + rejected
