import { Command, Option } from 'commander'
import * as E from '#fp/Either'
import { countUnresolved } from '../../app/dead-letters/count.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { formatInstant } from '../../domain/time.ts'
import { isBehind, lastRecordedAt } from '../../ledger/clock.ts'
import { openExisting } from '../../ledger/open.ts'
import { describeLedgerError } from '../../ledger/port.ts'
import { isOfLedger } from '../../projection/begin.ts'
import type { ProjectionProgress } from '../../projection/published.ts'
import { type ProjectionCursor, readProjectionCursor } from '../../projection/standing.ts'
import {
  type ClockState,
  contradictedFlags,
  type Health,
  overturnSpikes,
  waitingAppeals,
} from '../../reports/health/health.ts'
import {
  CliError,
  dataOption,
  exitCodes,
  jsonOption,
  ledgerOption,
  printJson,
  printLine,
  timeArgument,
} from '../output.ts'
import { openOrFail } from '../published.ts'
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
    .action(async (options: Options) => {
      const health = await look(options, options.asOf ?? Date.now())
      if (options.json === true) printJson(jsonOf(health))
      else for (const line of healthLines(health)) printLine(line)
      const { spikes, stopped, clock, damaged } = health
      if (spikes.length > 0 || stopped.length > 0 || clock.isBehind || damaged.length > 0) {
        process.exitCode = exitCodes.findings
      }
    })

const look = async (options: Options, asOf: number): Promise<Health> => {
  const { connection, standing, close } = await openOrFail(options.data, { memory: '1GB' })
  try {
    const { head, lastRecorded, damaged } = await headOf(options, await readProjectionCursor(connection))
    return {
      asOf,
      spikes: await overturnSpikes(connection, asOf),
      appeals: await waitingAppeals(connection, asOf),
      contradicted: await contradictedFlags(connection, asOf),
      lag: { projected: standing.sequence, head, recordedAt: standing.recordedAt },
      // Compared with the clock of now, whatever time the rest is asked about.
      clock: clockState(Date.now(), lastRecorded),
      stopped: stoppedOf(standing),
      damaged,
      deadLetters: resultOrFail(await countUnresolved(options.data)),
    }
  } finally {
    close()
  }
}

const clockState = (now: number, lastRecorded: number | null): ClockState => ({
  now,
  lastRecorded,
  isBehind: isBehind(now, lastRecorded),
})

/** How far the ledger goes; refuses projections that were made from another ledger. */
const headOf = async (
  { data, ledger: cluster }: LedgerPlace,
  cursor: ProjectionCursor | null,
): Promise<{
  readonly head: number
  readonly lastRecorded: number | null
  readonly damaged: Health['damaged']
}> => {
  const opened = await openExisting(data, { cluster, acceptDamaged: true })()
  if (E.isLeft(opened)) throw new CliError(describeLedgerError(opened.left))
  const { ledger, close } = opened.right
  const head = await ledger.head()
  const last = await lastRecordedAt(ledger)
  const damaged = await ledger.damaged()
  const ours = cursor === null ? E.right(true) : await isOfLedger(ledger, cursor)
  await close()
  if (E.isLeft(head)) throw new CliError(describeLedgerError(head.left))
  if (E.isLeft(last)) throw new CliError(describeLedgerError(last.left))
  if (E.isLeft(damaged)) throw new CliError(describeLedgerError(damaged.left))
  if (E.isLeft(ours)) throw new CliError(describeLedgerError(ours.left))
  // Where events are missing they may be counted otherwise now, and it is that which must be told.
  if (!ours.right && damaged.right.length === 0) {
    throw new CliError('the projections were made from another ledger; run redress project first')
  }
  return { head: head.right.sequence, lastRecorded: last.right, damaged: damaged.right }
}

const stoppedOf = ({ projections }: ProjectionProgress): Health['stopped'] =>
  projections.flatMap(({ name, stopped }) =>
    stopped === null ? [] : [{ projection: name, sequence: stopped.sequence, event: stopped.event }],
  )

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
}: Health) => ({
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
