import { Command } from 'commander'
import { projectLedger } from '../../app/project.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import {
  CliError,
  dataOption,
  exitCodes,
  jsonOption,
  ledgerOption,
  noteLine,
  printJson,
  printLine,
  warnOfCut,
  withoutDamagedOption,
} from '../output.ts'
import { resultOrFail } from '../result.ts'
import { signalExitCodes, stopBySignal } from '../signals.ts'
import { describePoison, jsonWatch, projectedLines, terminalWatch } from './log.ts'

type Options = LedgerPlace & {
  readonly follow?: boolean
  readonly rebuild?: boolean
  readonly withoutDamaged?: boolean
  readonly json?: boolean
}

export const projectCommand = (): Command =>
  new Command('project')
    .description(
      'Reads what the ledger holds since the last time, brings the projections (events, accounts, decisions, appeals, ' +
        'rule_health) up to it, and publishes them: one file, projections.duckdb in the data folder, replaced whole, so ' +
        'that queries are never disturbed. Killed at any moment, what was published before stays.',
    )
    .option('--follow', 'go on with what comes later, publishing every 10 seconds; Ctrl-C or SIGTERM ends it')
    .option(
      '--rebuild',
      'make everything anew (by itself it does so when another version or ledger asks for it)',
    )
    .addOption(withoutDamagedOption())
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 up to date, 1 up to date but a projection stands still at an event that its fold can't take, 2 could not do
it, 130 or 143 stopped by a signal before it was done.

Examples:
  redress project
  redress project --follow --data /var/lib/redress`,
    )
    .action(async (options: Options) => {
      const withoutDamaged = options.withoutDamaged === true
      if (withoutDamaged && options.follow === true) {
        throw new CliError('--without-damaged is for one run: leave --follow out', exitCodes.usage)
      }
      const stop = stopBySignal()
      const follow = options.follow === true
      const isLogged = options.json === true || (follow && !process.stderr.isTTY)
      const watch = isLogged ? jsonWatch(follow) : terminalWatch(follow)
      let start = 0
      const done = await projectLedger({
        data: options.data,
        ledger: options.ledger,
        follow,
        rebuild: options.rebuild === true,
        withoutDamaged,
        signal: stop.signal,
        // Until then a signal ends the process at once.
        onOpen: () => {
          stop.listen()
          start = performance.now()
        },
        watch,
      })
      watch.stop()
      const projected = resultOrFail(done)
      const seconds = (performance.now() - start) / 1000
      const signal = stop.came()
      if (options.json === true) {
        printJson({ ...projected, seconds: Math.round(seconds * 100) / 100, stoppedBy: signal })
      } else for (const line of projectedLines(projected, seconds)) printLine(line)
      warnOfCut(projected.cut)
      if (!isLogged) {
        for (const poison of projected.poisons) noteLine(describePoison(poison))
      }
      if (projected.isStopped) process.exitCode = signal === null ? exitCodes.failed : signalExitCodes[signal]
      else if (projected.poisons.length > 0) process.exitCode = exitCodes.findings
    })
