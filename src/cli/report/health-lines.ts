import type { DispatchLag } from '../../app/report/dispatch-lag.ts'
import type { HealthReport } from '../../app/report/health.ts'
import type { WatchLag } from '../../app/report/watch-lag.ts'
import { minute, suspectName } from '../../domain/definition/story.ts'
import { formatInstant } from '../../domain/time.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { rejectionCodes } from '../../ingest/accept/rejection.ts'
import { describeDamaged } from '../../ledger/damaged-stream.ts'
import type { ClockState } from '../../reports/health/clock.ts'
import type { ContradictedFlags } from '../../reports/health/contradicted-flags.ts'
import type { StandingHold } from '../../reports/health/holds.ts'
import type { Lag } from '../../reports/health/lag.ts'
import type { OverturnSpike } from '../../reports/health/overturn-spikes.ts'
import type { RulePrecision } from '../../reports/health/precision.ts'
import type { WaitingAppeals } from '../../reports/health/waiting-appeals.ts'
import { format, table } from '../table.ts'
import { trippedLines } from '../tripwires/lines.ts'

const DAY = 86_400_000
const dayOf = (ms: number): string => formatInstant(ms).slice(0, 10)

/** A health report for people. */
export const healthLines = ({
  asOf,
  tripped,
  spikes,
  appeals,
  holds,
  precision,
  contradicted,
  lag,
  watch,
  dispatch,
  clock,
  damaged,
  stopped,
  deadLetters,
}: HealthReport): ReadonlyArray<string> => [
  `As of ${formatInstant(asOf)}`,
  '',
  'Tripwires',
  ...(tripped.length === 0 ? ['  none in the last day of the ledger'] : trippedLines(tripped, 2)),
  '',
  'Overturn spikes',
  ...(spikes.length === 0 ? ['  none in the last 7 days'] : spikeLines(spikes)),
  '',
  'Unanswered appeals',
  ...appealLines(appeals, asOf),
  '',
  'Holds that stand',
  ...(holds.length === 0 ? ['  none'] : holdLines(holds)),
  '',
  'Enforcement precision, by audits of 2 % of all decisions',
  ...(precision.length === 0 ? ['  no decision of the sample is audited yet'] : precisionLines(precision)),
  '',
  ...contradictedLines(contradicted),
  'Projections',
  `  ${lagLine(lag)}`,
  ...stopped.map(
    ({ projection, sequence, event }) =>
      `  ${projection} is halted at event ${format(sequence)} (${event}): a bug in redress; please report it`,
  ),
  '',
  'Watch',
  `  ${watchLine(watch)}`,
  '',
  ...(dispatch === null ? [] : ['Requests to services', `  ${dispatchLine(dispatch)}`, '']),
  'Clock',
  `  ${clockLine(clock)}`,
  '',
  ...(damaged.length === 0
    ? []
    : [
        'Streams deleted or truncated in the cluster',
        ...damaged.map((stream) => `  ${describeDamaged(stream)}`),
        '',
      ]),
  'Unresolved dead letters',
  ...(deadLetters.length === 0
    ? ['  none']
    : [
        ...deadLetters.map(({ code, count }) => `  ${format(count)}  ${code}: ${rejectionCodes[code]}`),
        '  List them with: redress dead-letters list --unresolved',
      ]),
]

const spikeLines = (spikes: ReadonlyArray<OverturnSpike>): ReadonlyArray<string> =>
  table(
    [
      { title: 'last week', align: 'right', cell: ({ lastWeek }) => lastWeek },
      { title: 'usual', align: 'right', cell: ({ usualWeek }) => usualWeek },
      { title: 'rule', cell: ({ rule }) => rule ?? 'none' },
      { title: 'version', cell: ({ rulesetVersion }) => rulesetVersion ?? '' },
      { title: 'detector', cell: (spike) => `${spike.detector} ${spike.detectorVersion}` },
      { title: 'decisions of', cell: (spike) => `${dayOf(spike.firstMade)} to ${dayOf(spike.lastMade)}` },
    ],
    spikes,
    2,
  )

const appealLines = (
  { count, over14Days, over30Days, oldest }: WaitingAppeals,
  asOf: number,
): ReadonlyArray<string> =>
  count === 0
    ? ['  none']
    : [
        `  ${format(count)} waiting; ${format(over14Days)} for more than 14 days, ${format(over30Days)} for more than 30. The oldest:`,
        ...table(
          [
            { title: 'days', align: 'right', cell: ({ filedAt }) => Math.floor((asOf - filedAt) / DAY) },
            { title: 'appeal', cell: ({ appealId }) => appealId },
            { title: 'account', cell: ({ account }) => account },
            { title: 'decision', cell: ({ decisionId }) => decisionId },
            { title: 'category', cell: ({ category }) => category ?? '' },
          ],
          oldest,
          2,
        ),
      ]

const holdLines = (holds: ReadonlyArray<StandingHold>): ReadonlyArray<string> =>
  table(
    [
      { title: 'hold', cell: ({ hold }) => hold.holdId },
      { title: 'on', cell: ({ hold }) => suspectName(hold.key) },
      { title: 'since', cell: ({ hold }) => minute(hold.since) },
      { title: 'by', cell: ({ hold }) => hold.by },
      { title: 'decided all the same', align: 'right', cell: ({ decisions }) => format(decisions) },
    ],
    holds,
    2,
  )

const precisionLines = (rules: ReadonlyArray<RulePrecision>): ReadonlyArray<string> =>
  table(
    [
      { title: 'right', align: 'right', cell: ({ right, audited }) => percent(right / audited) },
      { title: 'between', cell: ({ interval: { low, high } }) => `${percent(low)} and ${percent(high)}` },
      { title: 'audited', align: 'right', cell: ({ audited }) => audited },
      { title: 'rule', cell: ({ rule }) => rule ?? 'none' },
      { title: 'version', cell: ({ rulesetVersion }) => rulesetVersion ?? '' },
      { title: 'detector', cell: (rule) => `${rule.detector} ${rule.detectorVersion}` },
    ],
    rules,
    2,
  )

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const contradictedLines = ({ count, latest }: ContradictedFlags): ReadonlyArray<string> =>
  count === 0
    ? []
    : [
        'Flags whose source contradicts the recorded notice that they name',
        `  ${countOf(count, 'flag')}; statements and reports follow the notice, unless the flag names an authority. The latest:`,
        ...table(
          [
            { title: 'flag', cell: ({ flagId }) => flagId },
            { title: 'account', cell: ({ account }) => account },
            { title: 'flag says', cell: ({ says }) => says },
            { title: 'notice', cell: ({ noticeId }) => noticeId },
            { title: 'notice from', cell: ({ notifier }) => notifier },
            { title: 'published by', cell: ({ service }) => service },
          ],
          latest,
          2,
        ),
        '',
      ]

const clockLine = ({ now, lastRecorded, isBehind }: ClockState): string => {
  if (lastRecorded === null) return 'nothing is recorded yet'
  const last = `the last event was recorded at ${formatInstant(lastRecorded)}`
  return isBehind
    ? `behind: this machine says ${formatInstant(now)}, but ${last}; nothing is recorded until the clock is corrected, unless --accept-clock is given`
    : last
}

const lagLine = ({ projected, head, recordedAt }: Lag): string =>
  projected === head
    ? `up to date, at sequence ${format(head)}`
    : `${countOf(head - projected, 'event')} behind: at sequence ${format(projected)} of ${format(head)}` +
      `${recordedAt === null ? '' : `, recorded ${formatInstant(recordedAt)}`}; run redress project`

const watchLine = (watch: WatchLag | null): string => {
  if (watch === null)
    return 'nobody watches this ledger with this data folder; if nobody does elsewhere, alarms are neither recorded nor told: run redress watch'
  const { watched, head, oldest } = watch
  if (watched === head) return `up to date, at sequence ${format(head)}`
  return (
    `${countOf(head - watched, 'event')} behind: at sequence ${format(watched)} of ${format(head)}, ` +
    `the oldest for ${format(Math.round(oldest / 1_000))} s; is redress watch running?`
  )
}

const dispatchLine = ({ sent, waiting, oldest }: DispatchLag): string => {
  if (sent === null)
    return `nobody sends them with this data folder (${countOf(waiting, 'request or withdrawal', 'requests and withdrawals')}); if nobody does elsewhere, and no service asks for them with redress remediation requests, run redress dispatch`
  if (waiting === 0) return 'all are sent'
  return (
    `${countOf(waiting, 'request or withdrawal waits', 'requests and withdrawals wait')} to be sent, ` +
    `the oldest for ${format(Math.round(oldest / 1_000))} s; is redress dispatch running?`
  )
}
