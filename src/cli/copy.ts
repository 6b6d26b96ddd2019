import { join } from 'node:path'
import { Command, Option } from 'commander'
import * as E from '#fp/Either'
import { copyLedger, openCopyTarget } from '../ledger/eventstoredb/copy.ts'
import { dataFiles, openExisting } from '../ledger/open.ts'
import { describeLedgerError } from '../ledger/port.ts'
import { CliError, jsonOption, ledgerArgument, nameOf, printJson, printLine } from './output.ts'
import { startProgress } from './progress.ts'
import { format } from './table.ts'

type Options = { readonly from: string; readonly to: string; readonly json?: boolean }

export const copyCommand = (): Command =>
  new Command('copy')
    .summary('move an embedded ledger over to a cluster')
    .description(
      'Copies the events of a data folder into an empty cluster: the same bytes in the same order, so with the same times ' +
        'of recording, hashes and sequences. Broken off and run again, it goes on; at the end all is read back and ' +
        'compared. What lies beside the events stays in the data folder and is used from there.',
    )
    .addOption(new Option('--from <dir>', 'the data folder').makeOptionMandatory())
    .addOption(
      new Option('--to <url>', 'the cluster, esdb://...').argParser(ledgerArgument).makeOptionMandatory(),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Stop what writes into the data folder first; what comes in during a copy is copied by the next one.

Example:
  redress copy --from ./redress-data --to esdb://db-1:2113,db-2:2113,db-3:2113`,
    )
    .action(async ({ from, to, json }: Options) => {
      const opened = await openExisting(from)()
      if (E.isLeft(opened)) throw new CliError(describeLedgerError(opened.left))
      const { ledger, close } = opened.right
      const progress = startProgress('Copying', 1, 'events')
      const into = openCopyTarget(to, { sequencePath: join(from, dataFiles.sequence) })
      try {
        const head = await ledger.head()
        if (E.isLeft(head)) throw new CliError(describeLedgerError(head.left))
        const { sequence } = head.right
        const onProgress = (done: number): void => progress.update(done, sequence)
        const copied = await copyLedger({ source: ledger, ...into, onProgress })()
        if (E.isLeft(copied)) throw new CliError(describeLedgerError(copied.left))
        const { found, written } = copied.right
        progress.stop()
        if (json === true) return printJson({ found, written, sequence: found + written })
        printLine(
          `Copied ${format(written)} events, ${format(found)} were there: ${nameOf({ data: from, ledger: to })} is the same up to sequence ${format(found + written)}.`,
        )
        printLine(
          `Use it with --data ${from} --ledger, or REDRESS_LEDGER; ledger.db in the folder is not written from then on.`,
        )
      } finally {
        progress.stop()
        await into.close()
        await close()
      }
    })
