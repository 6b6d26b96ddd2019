import { type IngestTally, SHOWN_REJECTIONS } from '../../app/ingest/tally.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { describeRejection } from '../../ingest/accept/rejection.ts'
import { listDamaged } from '../../ledger/damaged-stream.ts'
import { format } from '../table.ts'

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
