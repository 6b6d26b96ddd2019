import { Command, Option } from 'commander'
import { copyToCluster } from '../../app/copy.ts'
import { nameOf } from '../../app/stores.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { RETIRED } from '../../ledger/retire.ts'
import { exitCodes, jsonOption, ledgerArgument, printJson, printLine } from '../output.ts'
import { startProgress } from '../progress.ts'
import { resultOrFail } from '../result.ts'
import { format } from '../table.ts'

type Options = { readonly from: string; readonly to: string; readonly json?: boolean }

export const copyCommand = (): Command =>
  new Command('copy')
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
      const progress = startProgress('Copying', 1, 'events')
      const copied = await copyToCluster({ from, to, onProgress: progress.update }).finally(progress.stop)
      const { found, written, retired } = resultOrFail(copied)
      if (!retired) process.exitCode = exitCodes.findings
      const total = found + written
      if (json === true) return printJson({ found, written, sequence: total, retired })
      printLine(
        `Copied ${countOf(written, 'event')}, ${countOf(found, 'was', 'were')} there: ${nameOf({ data: from, ledger: to })} is the same up to sequence ${format(total)}.`,
      )
      printLine(
        retired
          ? `Use it with --data ${from} and --ledger, or REDRESS_LEDGER. The copied file is ${RETIRED} now, so that nothing is written to it any more.`
          : `Another process still has the ledger in ${from} open: end it, and run this again, before the cluster is written to.`,
      )
    })
