import type { Demo } from '../../app/demo/demo.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { renderStory } from '../account/lines.ts'
import { blameLines, replaySummaryLines } from '../replay/report.ts'
import { format } from '../table.ts'
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
    ...dayChart(result.rows, Math.max(20, Math.min(width, 140) - 36)),
    ...(story === null
      ? []
      : [...section('One account that must be reinstated'), ...renderStory(story, { width })]),
    ...section('Compared with ground truth'),
    'The simulator knows which of its decisions were wrong. Decisions to reverse:',
    `  found ${format(score.found)}, correct ${format(score.right)}, expected ${format(score.truth)}`,
    `  precision ${share(score.precision)}, recall ${share(score.recall)}`,
    ...section('Files'),
    `  ${files.events}  what the services published`,
    `  ${files.ruleset}  the corrected ruleset`,
    `  ${files.result}  who must be reinstated, what needs human review, and why`,
    `  ${files.data}  the ledger`,
    `  ${files.truth}  the ground truth`,
    '',
    'Try next:',
    ...(story === null ? [] : [`  npx redress account ${story.accountId} --data ${files.data}`]),
    ...explainHint(report),
    '',
    `Done in ${report.seconds.toFixed(1)} s.`,
  ]
}

const section = (title: string): ReadonlyArray<string> => ['', title, '\u2500'.repeat(title.length)]

const share = (part: number): string => (part === 1 ? '1' : part.toFixed(4))

const explainHint = ({ result, files }: DemoReport): ReadonlyArray<string> => {
  const row = result.rows.find(({ class: cls }) => cls === 'wrongful')
  return row === undefined
    ? []
    : [`  npx redress explain ${row.decisionId} --ruleset ${files.ruleset} --data ${files.data}`]
}
