import { countOf } from '../../foundation/text/count-of.ts'
import { listDamaged } from '../../ledger/damaged-stream.ts'
import type { Blame, Cause } from '../../replay/result/blame.ts'
import { meaningOf } from '../../replay/result/meanings.ts'
import type { Summary } from '../../replay/result/summary.ts'
import { warnOfUnknownFlags } from '../correction/describe.ts'
import { format, table } from '../table.ts'

/** A ruleset, for a person. */
export const rulesName = ({ id, version, sha256 }: Summary['ruleset']): string =>
  sha256 === null ? `the rules of ${id} as they were` : `${id} ${version} (${sha256.slice(0, 12)}\u2026)`

/** A replay's summary for people, as lines. */
export const replaySummaryLines = (summary: Summary): ReadonlyArray<string> => {
  const { ruleset, correction, window } = summary
  const lines = [`Replay under ${rulesName(ruleset)}, ledger at sequence ${format(summary.sequence)}`]
  if (correction !== null)
    lines.push(`Correction: ${correction.id} (${correction.sha256.slice(0, 12)}\u2026)`)
  lines.push(...windowLines(window))
  lines.push('', `${countOf(summary.decisions, 'decision')} judged`, ...counts(summary.classes), '')
  const { accounts, contents } = summary.putBack
  lines.push(
    `To reinstate: ${countOf(accounts, 'account')}; to restore: ${countOf(contents, 'piece')} of content; for human review: ${countOf(summary.review, 'decision')}`,
    ...counts(summary.remedies),
  )
  if (Object.values(summary.facts).some((n) => n > 0))
    lines.push('', 'Further facts', ...counts(summary.facts))
  lines.push(...rescoringLines(summary), ...unknownFlagLines(summary))
  if (summary.reusedIds.length > 0) {
    lines.push(
      '',
      `${countOf(summary.reusedIds.length, 'event reuses an id', 'events reuse ids')} already in use, and ${summary.reusedIds.length === 1 ? 'does' : 'do'} not count:`,
    )
    const shown = summary.reusedIds.slice(0, 5)
    lines.push(...shown.map((r) => `  ${r.kind} ${r.id} on ${r.account} (event ${r.eventId} of ${r.source})`))
    if (summary.reusedIds.length > shown.length) lines.push('  \u2026 the rest are in summary.json')
  }
  lines.push(...leftOutLines(summary.leftOut))
  if (summary.warnings.length > 0) lines.push('', ...summary.warnings.map(({ says }) => `Warning: ${says}`))
  lines.push('', `Digest ${summary.digest}`)
  return lines
}

/** Which decisions are reported, unless all are. */
export const windowLines = ({ from, to }: Summary['window']): ReadonlyArray<string> => {
  const bounds = [...(from === null ? [] : [`on or after ${from}`]), ...(to === null ? [] : [`before ${to}`])]
  return bounds.length === 0 ? [] : [`Reported: decisions made ${bounds.join(' and ')}`]
}

/** What a result does not include, if there is anything. */
export const leftOutLines = ({ accounts, streams }: Summary['leftOut']): ReadonlyArray<string> =>
  accounts.length === 0
    ? []
    : [
        '',
        `Left out: ${countOf(accounts.length, 'account')} whose streams are incomplete (${listDamaged(streams)}). ` +
          'This result does not include them, and the sequence may not count the missing events.',
      ]

const rescoringLines = ({ waitingForRescoring }: Summary): ReadonlyArray<string> =>
  waitingForRescoring === 0
    ? []
    : [
        '',
        `${countOf(waitingForRescoring, 'decision waits', 'decisions wait')} for a rescoring; list the flags with: redress correction rescore-list`,
      ]

const unknownFlagLines = ({ unknownFlags }: Summary): ReadonlyArray<string> =>
  unknownFlags.length === 0
    ? []
    : ['', ...unknownFlags.map(({ withdrawal, flagIds }) => warnOfUnknownFlags(withdrawal, flagIds))]

const counts = (tally: Readonly<Record<string, number>>): ReadonlyArray<string> =>
  table(
    [
      { title: '', align: 'right', cell: ([, n]) => n },
      { title: '', cell: ([word]) => word },
      { title: '', cell: ([word]) => meaningOf(word) },
    ],
    Object.entries(tally).filter(([, n]) => n > 0),
    2,
  ).slice(1)

/** The blame table for people, with at most `most` entries; `others`: where the others are. */
export const blameLines = (
  blame: ReadonlyArray<Blame>,
  most: number,
  others = 'in blame.json',
): ReadonlyArray<string> => {
  if (blame.length === 0) return ['No decision was overturned, so there is nothing to blame.']
  const rows = blame.slice(0, most)
  return [
    ...table(
      [
        { title: 'alone', align: 'right', cell: ({ alone }) => alone },
        { title: 'jointly', align: 'right', cell: ({ jointly }) => jointly },
        { title: 'first', cell: ({ first }) => first.slice(0, 10) },
        { title: 'last', cell: ({ last }) => last.slice(0, 10) },
        { title: 'because of', cell: ({ cause }) => describeCause(cause) },
      ],
      rows,
      2,
    ),
    ...(blame.length > rows.length
      ? [`  \u2026 and ${format(blame.length - rows.length)} more ${others}`]
      : []),
  ]
}

const describeCause = (cause: Cause): string => {
  switch (cause.kind) {
    case 'flags':
      return (
        `rule ${cause.rule ?? '(none)'} of ${cause.rulesetVersion ?? '(no version named)'}, detector ${cause.detector.id} ${cause.detector.version}` +
        `${cause.withdrawals === undefined ? '' : `, withdrawn by ${cause.withdrawals.join(', ')}`}` +
        `${cause.rescoredBy === undefined ? '' : `, rescored by ${cause.rescoredBy.id} ${cause.rescoredBy.version}`}`
      )
    case 'pipeline':
      return `the pipeline: ${cause.decidedBy.id} (${cause.decidedBy.kind}) did what no rule asked for`
    case 'policy':
      return `the policy ${cause.policy} of ${cause.rulesetVersion}`
  }
}
