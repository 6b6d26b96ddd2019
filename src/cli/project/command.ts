import { Command } from 'commander'
import * as E from '#fp/Either'
import { projections } from '../../../projections/index.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { openExisting } from '../../ledger/open.ts'
import { describeLedgerError } from '../../ledger/port.ts'
import { describeProjectionError } from '../../projection/errors.ts'
import { project } from '../../projection/project.ts'
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
import { onSignal, signalExitCodes } from '../signals.ts'
import { describePoison, jsonWatch, projectedLines, terminalWatch } from './log.ts'

type Options = LedgerPlace & {
  readonly follow?: boolean
  readonly rebuild?: boolean
  readonly withoutDamaged?: boolean
  readonly json?: boolean
}

export const projectCommand = (): Command =>
  new Command('project')
    .summary('bring the tables that analysts query up to date')
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
      const opened = await openExisting(options.data, {
        cluster: options.ledger,
        acceptDamaged: withoutDamaged,
      })()
      if (E.isLeft(opened)) throw new CliError(describeLedgerError(opened.left))
      const stop = new AbortController()
      const signalled = onSignal(() => stop.abort())
      const follow = options.follow === true
      const isLogged = options.json === true || (follow && !process.stderr.isTTY)
      const watch = isLogged ? jsonWatch(follow) : terminalWatch(follow)
      const start = performance.now()
      const done = await project(options.data, opened.right, projections, {
        follow,
        rebuild: options.rebuild === true,
        withoutDamaged,
        signal: stop.signal,
        watch,
      })()
      watch.stop()
      await opened.right.close()
      if (E.isLeft(done)) {
        const hint =
          done.left.kind === 'stream_damaged'
            ? '; or go on without their accounts with --without-damaged'
            : ''
        throw new CliError(describeProjectionError(done.left) + hint)
      }
      const { right: projected } = done
      const seconds = (performance.now() - start) / 1000
      const signal = signalled()
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
