import { Command, Option } from 'commander'
import { type HealthReport, reportHealth } from '../../app/report/health.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { formatInstant } from '../../domain/time.ts'
import {
  dataOption,
  exitCodes,
  jsonOption,
  ledgerOption,
  printJson,
  printLine,
  timeArgument,
} from '../output.ts'
import { resultOrFail } from '../result.ts'
import { healthLines } from './health-lines.ts'

type Options = LedgerPlace & { readonly asOf?: number; readonly json?: boolean }

export const healthCommand = (): Command =>
  new Command('health')
    .summary('what needs somebody\u2019s attention')
    .description(
      'Rules and detectors whose decisions are overturned far more often of late than before; the appeals that wait longest;\n' +
        'flags whose source contradicts the notice that they name; how far the projections are behind the ledger; whether this clock is behind what is recorded;\n' +
        'streams that somebody deleted or cut in a cluster; dead letters.',
    )
    .addOption(new Option('--as-of <time>', 'look from this time (default: now)').argParser(timeArgument))
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Overturned: taken back for a reason other than that its term was served, or its appeal was won. A spike: so many in the
last 7 days would come about by chance in less than one of 10,000 weeks, going by the 28 days before.

Exit code: 0 all is well, 1 a spike, a projection that stands still, a clock that is behind or a stream that was deleted or
cut, 2 could not look.

Example:
  redress report health --as-of 2025-05-19`,
    )
    .action(async ({ data, ledger, asOf, json }: Options) => {
      const now = Date.now()
      const health = resultOrFail(await reportHealth({ data, ledger, asOf: asOf ?? now, now }))
      if (json === true) printJson(jsonOf(health))
      else for (const line of healthLines(health)) printLine(line)
      const { spikes, stopped, clock, damaged } = health
      if (spikes.length > 0 || stopped.length > 0 || clock.isBehind || damaged.length > 0) {
        process.exitCode = exitCodes.findings
      }
    })

const jsonOf = ({
  asOf,
  spikes,
  appeals,
  contradicted,
  lag,
  clock,
  stopped,
  damaged,
  deadLetters,
}: HealthReport) => ({
  asOf: formatInstant(asOf),
  overturnSpikes: spikes.map(({ firstMade, lastMade, ...spike }) => ({
    ...spike,
    firstMade: formatInstant(firstMade),
    lastMade: formatInstant(lastMade),
  })),
  unansweredAppeals: {
    ...appeals,
    oldest: appeals.oldest.map(({ filedAt, ...appeal }) => ({ ...appeal, filedAt: formatInstant(filedAt) })),
  },
  contradictedFlags: {
    count: contradicted.count,
    latest: contradicted.latest.map(({ raisedAt, ...flag }) => ({
      ...flag,
      raisedAt: formatInstant(raisedAt),
    })),
  },
  projectionLag: {
    events: lag.head - lag.projected,
    projected: lag.projected,
    head: lag.head,
    recordedAt: lag.recordedAt === null ? null : formatInstant(lag.recordedAt),
  },
  clock: {
    now: formatInstant(clock.now),
    lastRecordedAt: clock.lastRecorded === null ? null : formatInstant(clock.lastRecorded),
    isBehind: clock.isBehind,
  },
  stoppedProjections: stopped,
  damagedStreams: damaged,
  deadLetters,
})
