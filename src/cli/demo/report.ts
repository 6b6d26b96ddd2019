import { dirname } from 'node:path'
import type { Demo } from '../../app/demo/demo.ts'
import { rescoredOutcome } from '../../app/demo/rescored.ts'
import type { Score } from '../../app/demo/score.ts'
import type { Sounded } from '../../app/demo/sounded.ts'
import type { SimulatedHistory } from '../../app/simulate/to-ledger.ts'
import { formatInstant } from '../../domain/time.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { tripwires } from '../../incidents/tripwires/tripwire.ts'
import { renderStory } from '../account/lines.ts'
import { describeSuspects } from '../alarm/lines.ts'
import { blameLines, replaySummaryLines } from '../replay/report.ts'
import { describeRefusal } from '../simulate/report.ts'
import { format, table } from '../table.ts'
import { describeValue } from '../tripwires/lines.ts'
import { dayChart } from './day-chart.ts'

/** What the report on a demo needs. */
type DemoReport = Demo & { readonly accounts: number; readonly seconds: number }

/** The demo's report for people, `width` columns wide. */
export const demoLines = (report: DemoReport, width: number): ReadonlyArray<string> => {
  const { recorded, sounded, result, summary, score, story, files } = report
  return [
    ...section('A platform over ten weeks, and enforcement that went wrong'),
    `${countOf(report.accounts, 'account')}; ${recordedText(recorded.tally)}, each recorded when it arrived.`,
    ...section('Before and while it went wrong'),
    ...noticedLines(recorded),
    ...section('When an alarm would have sounded'),
    ...soundedLines(sounded),
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

const recordedText = ({ accepted, duplicate, rejected }: SimulatedHistory['tally']): string =>
  `${countOf(accepted, 'event')} in the ledger, ${format(duplicate)} delivered twice, ${format(rejected)} rejected`

/** What rehearsals said of the versions that were published, and what set off tripwires. */
const noticedLines = ({ refusals, tripped }: SimulatedHistory): ReadonlyArray<string> => [
  ...refusals.flatMap((refusal) => [
    `${timeText(refusal.at)}  version ${describeRefusal(refusal)}.`,
    `${timeText(refusal.anyway.at)}  It was published all the same: "${refusal.anyway.reason}".`,
  ]),
  ...firstTripped(tripped).map(
    ({ first: { at, source, wire, value }, days }) =>
      `${timeText(at)}  Tripwire: ${source} ${tripwires[wire]} (${describeValue(value)})${days === 1 ? '' : `; on ${countOf(days, 'day')}`}.`,
  ),
  ...(tripped.length === 0 ? ['No tripwire was set off.'] : []),
]

/** A wire is set off once a day: here it is told once, with the number of days. */
const firstTripped = (tripped: SimulatedHistory['tripped']) => {
  const found = Map.groupBy(tripped, ({ wire, source, value }) => JSON.stringify([wire, source, value]))
  return [...found.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ first, days: 1 + others.length }],
  )
}

/** When each alarm sounded after the first wrongful decision that rests on what it is about, and what a hold would have spared. */
const soundedLines = ({ alarms, falseAlarms, wrongful, spared }: Sounded): ReadonlyArray<string> => [
  ...table(
    [
      { title: 'alarm', cell: ({ alarm }) => timeText(alarm.at) },
      { title: 'about', cell: ({ alarm }) => describeSuspects(alarm.key) },
      {
        title: 'after',
        align: 'right',
        cell: ({ alarm, firstWrongful }) => spanText(alarm.at - firstWrongful),
      },
      { title: 'wrongful by then', align: 'right', cell: ({ before }) => format(before) },
      { title: 'later: a hold spares', align: 'right', cell: ({ spared: later }) => format(later) },
    ],
    alarms,
    0,
  ),
  `"After" is the time since the first wrongful decision that rests on it. Holds would have spared ${format(spared)} of ${format(wrongful)}`,
  `wrongful decisions; ${falseAlarms.length === 0 ? 'no alarm was false' : `${countOf(falseAlarms.length, 'false alarm')}`}.`,
]

const spanText = (ms: number): string => {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}

const timeText = (at: number): string => formatInstant(at).slice(0, 16).replace('T', ' ')

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
