import { droppedExtensions, type IngestTally, SHOWN_REJECTIONS } from '../../app/ingest/tally.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { describeRejection } from '../../ingest/accept/rejection.ts'
import { REHEARSAL } from '../../ingest/accept/without-rehearsal.ts'
import { type DamagedStream, listDamaged } from '../../ledger/damaged-stream.ts'
import { format } from '../table.ts'

/** A tally for people; `title` names the input and the number of lines, `before` says where duplicates were seen before. */
export const ingestSummaryLines = (
  title: string,
  tally: IngestTally,
  before = 'already in the ledger',
): ReadonlyArray<string> => {
  const { accepted, duplicate, rejected, resolved, reasons } = tally
  const row = (name: string, count: number, remark = ''): string =>
    `  ${name.padEnd(9)}  ${format(count).padStart(12)}${remark === '' ? '' : `  ${remark}`}`
  const lines = [
    title,
    row('accepted', accepted),
    row('duplicate', duplicate, duplicate === 0 ? '' : before),
    row('rejected', rejected, counted(reasons)),
  ]
  if (resolved > 0) lines.push(`  These events resolved ${countOf(resolved, 'dead letter')}`)
  const extensions = droppedExtensions(tally)
  if (extensions.size > 0) lines.push(`  Extension attributes that were not stored: ${counted(extensions)}`)
  const rehearsals = tally.dropped.get(REHEARSAL) ?? 0
  if (rehearsals > 0) {
    lines.push(
      `  Rehearsals that were not stored, because only redress ruleset publish records them: ${format(rehearsals)}`,
    )
  }
  if (tally.damaged.size > 0) {
    lines.push(
      `  Damaged streams, whose events were stored as dead letters: ${listDamaged([...tally.damaged.values()])}`,
      '  Repair them, then run: redress dead-letters resubmit --all',
    )
  }
  lines.push(...reopenedLines([...tally.reopened.values()]).map((line) => `  ${line}`))
  return lines
}

/** Names deleted streams whose events were accepted all the same. */
export const reopenedLines = (reopened: ReadonlyArray<DamagedStream>): ReadonlyArray<string> =>
  reopened.length === 0
    ? []
    : [
        `Deleted streams, whose events were accepted but may now be recorded twice: ${listDamaged(reopened)}`,
        'Nothing more is accepted for them until their metadata are reset; after a scavenge, restore the cluster from a backup',
      ]

/** The first rejected messages, one per line, and how many more there are. */
export const refusalLines = ({ firstRefused, rejected }: IngestTally): ReadonlyArray<string> => [
  ...firstRefused.map(({ origin, rejection }) => `${origin}: ${describeRejection(rejection)}`),
  ...(rejected > SHOWN_REJECTIONS ? [`\u2026 and ${rejected - SHOWN_REJECTIONS} more`] : []),
]

const counted = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${format(count)}`)
    .join(', ')
