import { dirname } from 'node:path'
import type { Demo } from '../../app/demo/demo.ts'
import { rescoredOutcome } from '../../app/demo/rescored.ts'
import type { Score } from '../../app/demo/score.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { renderStory } from '../account/lines.ts'
import { blameLines, replaySummaryLines } from '../replay/report.ts'
import { format, table } from '../table.ts'
import { dayChart } from './day-chart.ts'

/** What the report on a demo needs. */
type DemoReport = Demo & { readonly accounts: number; readonly seconds: number }

/** The demo's report for people, `width` columns wide. */
export const demoLines = (report: DemoReport, width: number): ReadonlyArray<string> => {
  const { ingested, result, summary, score, story, files } = report
  return [
    ...section('A platform over ten weeks, and enforcement that went wrong'),
    `${countOf(report.accounts, 'account')}; ${countOf(ingested.accepted, 'event')} in the ledger, ${format(ingested.duplicate)} delivered twice, ${format(ingested.rejected)} rejected.`,
    ...section('Under the corrected ruleset'),
    ...replaySummaryLines(summary),
    ...section('Why'),
    ...blameLines(result.blame, 10),
    ...section('Bans by day'),
    ...dayChart(result.rows.all(), Math.max(20, Math.min(width, 140) - 36)),
    ...(story === null
      ? []
      : [...section('One account that must be reinstated'), ...renderStory(story, { width })]),
    ...section('Compared with ground truth'),
    'The simulator knows which of its decisions were wrong. Decisions to reverse:',
    ...scoreLines(score),
    ...section('Another platform: the rules were right, and the evidence was not'),
    ...rescoredLines(report),
    ...section('Files'),
    `  ${files.events}  what the services published`,
    `  ${files.ruleset}  the corrected ruleset`,
    `  ${files.result}  who must be reinstated, what needs human review, and why`,
    `  ${files.data}  the ledger`,
    `  ${files.truth}  the ground truth`,
    `  ${dirname(files.rescored.events)}  the same of the other platform, with its correction`,
    '',
    'Try next:',
    ...(story === null ? [] : [`  npx redress account ${story.accountId} --data ${files.data}`]),
    ...explainHint(report),
    `  npx redress correction check ${files.rescored.correction} --data ${files.rescored.data}`,
    '',
    `Done in ${report.seconds.toFixed(1)} s.`,
  ]
}

const section = (title: string): ReadonlyArray<string> => ['', title, '\u2500'.repeat(title.length)]

const scoreLines = ({ found, right, truth, precision, recall }: Score): ReadonlyArray<string> => [
  `  found ${format(found)}, correct ${format(right)}, expected ${format(truth)}`,
  `  precision ${share(precision)}, recall ${share(recall)}`,
]

/** What a correction finds if a model went bad and its fixed version has looked again. */
const rescoredLines = ({ rescored }: DemoReport): ReadonlyArray<string> => {
  const { decisions, ...outcome } = rescoredOutcome(rescored.result)
  const meanings = {
    wrongful: 'wrongful: the fixed version finds nothing, or too little',
    upheld: 'upheld: right all the same, as the fixed version or other flags show',
    waiting: 'wait until the fixed version looks at the rest: redress correction rescore-list',
    others: 'others, for human review',
  } as const
  return [
    'A version of a model misjudged pictures. A correction withdraws what it found, and reads what the fixed version has',
    `found since. Of ${countOf(decisions, 'decision')} on such flags (${countOf(rescored.accounts, 'account')}):`,
    ...table(
      [
        { title: '', align: 'right', cell: ({ count }) => count },
        { title: '', cell: ({ says }) => says },
      ],
      (['wrongful', 'upheld', 'waiting', 'others'] as const).map((name) => ({
        count: outcome[name],
        says: meanings[name],
      })),
      2,
    ).slice(1),
    'Decisions to reverse, compared with ground truth:',
    ...scoreLines(rescored.score),
  ]
}

const share = (part: number): string => (part === 1 ? '1' : part.toFixed(4))

const explainHint = ({ result, files }: DemoReport): ReadonlyArray<string> => {
  const row = result.rows.all().find(({ class: cls }) => cls === 'wrongful')
  return row === undefined
    ? []
    : [`  npx redress explain ${row.decisionId} --ruleset ${files.ruleset} --data ${files.data}`]
}
