import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import * as E from '#fp/Either'
import { countOf } from '../foundation/count-of.ts'
import { isWritable } from '../foundation/sqlite/read-only.ts'
import { copyLedger, openCopyTarget } from '../ledger/eventstoredb/copy.ts'
import { dataFiles, openExisting } from '../ledger/open.ts'
import { describeLedgerError } from '../ledger/port.ts'
import { RETIRED, retireLedger } from '../ledger/retire.ts'
import { CliError, exitCodes, jsonOption, ledgerArgument, nameOf, printJson, printLine } from './output.ts'
import { startProgress } from './progress.ts'
import { format } from './table.ts'

type Options = { readonly from: string; readonly to: string; readonly json?: boolean }

export const copyCommand = (): Command =>
  new Command('copy')
    .summary('move an embedded ledger over to a cluster')
    .description(
      'Copies the events of a data folder into an empty cluster: the same bytes in the same order, so with the same times ' +
        'of recording, hashes and sequences. Broken off and run again, it goes on; at the end all is read back and ' +
        'compared, and the ledger in the folder is taken out of use. What lies beside the events stays there and is used on.',
    )
    .addOption(new Option('--from <dir>', 'the data folder').makeOptionMandatory())
    .addOption(
      new Option('--to <url>', 'the cluster, esdb://...').argParser(ledgerArgument).makeOptionMandatory(),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Stop what writes into the data folder first.

Example:
  redress copy --from ./redress-data --to esdb://db-1:2113,db-2:2113,db-3:2113`,
    )
    .action(async ({ from, to, json }: Options) => {
      if (existsSync(from) && !isWritable(join(from, dataFiles.ledger))) {
        throw new CliError(`${from} cannot be written: at the end of a copy its ledger is taken out of use`)
      }
      const opened = await openExisting(from)()
      if (E.isLeft(opened)) throw new CliError(describeLedgerError(opened.left))
      const { ledger, close } = opened.right
      const target = openCopyTarget(to, { sequencePath: join(from, dataFiles.sequence) })
      if (E.isLeft(target)) {
        await close()
        throw new CliError(describeLedgerError(target.left))
      }
      const into = target.right
      const progress = startProgress('Copying', 1, 'events')
      try {
        let found: number | undefined
        let written = 0
        // Until nothing has come in meanwhile.
        for (let copied = -1; ; ) {
          const head = await ledger.head()
          if (E.isLeft(head)) throw new CliError(describeLedgerError(head.left))
          const { sequence } = head.right
          if (sequence === copied) break
          const onProgress = (done: number): void => progress.update(done, sequence)
          const more = await copyLedger({ source: ledger, ...into, onProgress })()
          if (E.isLeft(more)) throw new CliError(describeLedgerError(more.left))
          found ??= more.right.found
          written += more.right.written
          copied = more.right.found + more.right.written
        }
        progress.stop()
        await close()
        const retired = retireLedger(from)
        const total = (found ?? 0) + written
        if (json === true) return printJson({ found: found ?? 0, written, sequence: total, retired })
        printLine(
          `Copied ${countOf(written, 'event')}, ${countOf(found ?? 0, 'was', 'were')} there: ${nameOf({ data: from, ledger: to })} is the same up to sequence ${format(total)}.`,
        )
        printLine(
          retired
            ? `Use it with --data ${from} and --ledger, or REDRESS_LEDGER. The copied file is ${RETIRED} now, so that nothing is written to it any more.`
            : `Another process still has the ledger in ${from} open: end it, and run this again, before the cluster is written to.`,
        )
        if (!retired) process.exitCode = exitCodes.findings
      } finally {
        progress.stop()
        await into.close()
        await close()
      }
    })
