import { countOf } from '../../foundation/text/count-of.ts'
import { addCount } from '../../ingest/accept/batch.ts'
import { describeRejection, type Rejection, type RejectionCode } from '../../ingest/accept/rejection.ts'
import type { BatchOutcome } from '../../ingest/pipeline/ingestor.ts'
import { type DamagedStream, listDamaged } from '../../ledger/damaged-stream.ts'
import { format } from '../table.ts'

/** How many rejections are told one by one. */
export const SHOWN_REJECTIONS = 20

/** What became of messages so far: of a file's lines, of a topic's messages. */
export type IngestTally = {
  accepted: number
  duplicate: number
  rejected: number
  /** Dead letters that were settled. */
  resolved: number
  readonly reasons: Map<RejectionCode, number>
  readonly dropped: Map<string, number>
  /** Streams that were deleted or cut in the cluster, by name. */
  readonly damaged: Map<string, DamagedStream>
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
  for (const [name, count] of outcome.dropped) addCount(tally.dropped, name, count)
}

export const total = ({ accepted, duplicate, rejected }: IngestTally): number =>
  accepted + duplicate + rejected

/** For people; `title` says of what and how many, `before` where a duplicate was seen before. */
export const ingestSummaryLines = (
  title: string,
  tally: IngestTally,
  before = 'in the ledger before',
): ReadonlyArray<string> => {
  const { accepted, duplicate, rejected, resolved, reasons, dropped } = tally
  const row = (name: string, count: number, remark = ''): string =>
    `  ${name.padEnd(9)}  ${format(count).padStart(12)}${remark === '' ? '' : `  ${remark}`}`
  const lines = [
    title,
    row('accepted', accepted),
    row('duplicate', duplicate, duplicate === 0 ? '' : before),
    row('rejected', rejected, counted(reasons)),
  ]
  if (resolved > 0)
    lines.push(`  ${countOf(resolved, 'dead letter is', 'dead letters are')} resolved by these events`)
  if (dropped.size > 0) lines.push(`  Extension attributes that are not kept: ${counted(dropped)}`)
  if (tally.damaged.size > 0) {
    lines.push(
      `  Streams that are not whole, whose events are kept as dead letters: ${listDamaged([...tally.damaged.values()])}`,
      '  Repair them, then: redress dead-letters resubmit --all',
    )
  }
  return lines
}

/** The first of the refused messages, a line each, and how many more there are. */
export const refusalLines = ({ firstRefused, rejected }: IngestTally): ReadonlyArray<string> => [
  ...firstRefused.map(({ origin, rejection }) => `${origin}: ${describeRejection(rejection)}`),
  ...(rejected > SHOWN_REJECTIONS ? [`\u2026 and ${rejected - SHOWN_REJECTIONS} more`] : []),
]

/** The same for machines. */
export const ingestJson = (tally: IngestTally): Readonly<Record<string, unknown>> => ({
  accepted: tally.accepted,
  duplicate: tally.duplicate,
  rejected: tally.rejected,
  reasons: Object.fromEntries(tally.reasons),
  droppedExtensions: Object.fromEntries(tally.dropped),
  damagedStreams: [...tally.damaged.values()],
  deadLettersResolved: tally.resolved,
  firstRejections: tally.firstRefused.map(({ origin, rejection }) => ({ origin, ...rejection })),
})

const counted = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${format(count)}`)
    .join(', ')
