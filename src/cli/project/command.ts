import { Command } from 'commander'
import { projectLedger } from '../../app/project.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { helpNotes } from '../help-notes.ts'
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
      'Reads what is new in the ledger, updates the projections (events, accounts, decisions, appeals, rule_health, rescorings, incidents, remediations, requests) ' +
        'and publishes them as one file, projections.duckdb in the data folder. The file is replaced atomically, so queries are ' +
        'not disturbed. If killed at any moment, the previous file stays.',
    )
    .option('--follow', 'keep running and publish new events every 10 seconds; Ctrl-C or SIGTERM stops it')
    .option('--rebuild', 'rebuild everything (done automatically if the version or the ledger has changed)')
    .addOption(withoutDamagedOption())
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
Exit code: 0 up to date, 1 up to date, but a projection is halted at an event that it cannot process, 2 failed, 130 or 143 stopped by a signal before it was done.

Examples:
  redress project
  redress project --follow --data /var/lib/redress`),
    )
    .action(async (options: Options) => {
      const withoutDamaged = options.withoutDamaged === true
      if (withoutDamaged && options.follow === true) {
        throw new CliError('--without-damaged cannot be used with --follow', exitCodes.usage)
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
        // Before this, a signal ends the process at once.
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
