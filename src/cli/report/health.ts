import { Command, Option } from 'commander'
import { reportHealth } from '../../app/report/health.ts'
import { healthJson } from '../../app/report/health-json.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { helpNotes } from '../help-notes.ts'
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
    .summary('show what needs attention')
    .description(
      'Shows the tripwires that were set off in the last day of the ledger; rules and detectors whose decisions have recently been overturned far more often than before; the appeals that ' +
        'have waited longest; the holds that stand, and decisions made all the same; flags whose source contradicts the notice that they name; how far the projections, redress watch and redress dispatch are behind ' +
        'the ledger; whether this clock is behind the last recorded time; streams deleted or truncated in a cluster; and ' +
        'dead letters.',
    )
    .addOption(new Option('--as-of <time>', 'report as of this time (default: now)').argParser(timeArgument))
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
A decision counts as overturned if an appeal against it was won, or it was reversed for any reason other than a served term. A spike is a number in the last 7 days that, judging by the 28 days before, would happen by chance in fewer than 1 of 10,000 weeks.

The last day of the ledger is the 24 hours before its last projected event was recorded. List earlier tripwires with: redress tripwires

How far redress watch is, is saved every 10 seconds or more; how far redress dispatch is, whenever it has sent something. How long events have waited for it is by the ledger's clock: until its last event was recorded.

Exit code: 0 all is well, 1 there is a tripwire, a spike, a decision made under a hold, a halted projection, a clock that is behind or a deleted or truncated stream, 2 failed.

Example:
  redress report health --as-of 2025-05-19`),
    )
    .action(async ({ data, ledger, asOf, json }: Options) => {
      const now = Date.now()
      const health = resultOrFail(await reportHealth({ data, ledger, asOf: asOf ?? now, now }))
      if (json === true) printJson(healthJson(health))
      else for (const line of healthLines(health)) printLine(line)
      const { clock, ...lists } = health
      const ignored = lists.holds.filter(({ decisions }) => decisions > 0)
      const bad = [lists.tripped, lists.spikes, ignored, lists.stopped, lists.damaged]
      if (clock.isBehind || bad.some(({ length }) => length > 0)) {
        process.exitCode = exitCodes.findings
      }
    })
