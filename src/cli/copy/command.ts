import { Command, Option } from 'commander'
import { copyToCluster } from '../../app/copy.ts'
import { nameOf } from '../../app/stores.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { RETIRED } from '../../ledger/retire.ts'
import { describeFinding } from '../../ledger/sqlite/verify.ts'
import { helpNotes } from '../help-notes.ts'
import { exitCodes, jsonOption, ledgerArgument, noteLine, printJson, printLine } from '../output.ts'
import { progressOfParts } from '../progress.ts'
import { resultOrFail } from '../result.ts'
import { format } from '../table.ts'

type Options = { readonly from: string; readonly to: string; readonly json?: boolean }

export const copyCommand = (): Command =>
  new Command('copy')
    .description(
      'Copies the events of a data folder into an empty cluster: the same bytes in the same order, so recording times, ' +
        'hashes and sequences stay the same. If interrupted, run it again to resume. At the end all events are read back ' +
        'and compared, and the ledger file in the folder is retired. The other files stay in the folder and remain in use; ' +
        'first they are verified as by redress backup.',
    )
    .addOption(new Option('--from <dir>', 'the data folder').makeOptionMandatory())
    .addOption(
      new Option('--to <url>', 'the cluster, esdb://...').argParser(ledgerArgument).makeOptionMandatory(),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
First stop everything that writes to the data folder.

Exit code: 0 done, 1 copied, but another process has the ledger in the folder open, or the folder is damaged, 2 failed.

Example:
  redress copy --from ./redress-data --to esdb://db-1:2113,db-2:2113,db-3:2113`),
    )
    .action(async ({ from, to, json }: Options) => {
      const progress = progressOfParts()
      const copied = await copyToCluster({
        from,
        to,
        onVerify: progress.part('Verifying', 'rows'),
        onProgress: progress.part('Copying', 'events'),
      }).finally(progress.stop)
      const { found, written, retired, findings } = resultOrFail(copied)
      if (!retired || findings.length > 0) process.exitCode = exitCodes.findings
      for (const finding of findings) {
        noteLine(`redress: ${from} is incomplete: ${describeFinding(finding)}; restore it from a backup`)
      }
      const total = found + written
      if (json === true) return printJson({ found, written, sequence: total, retired, findings })
      printLine(
        `Copied ${countOf(written, 'event')}; ${countOf(found, 'was', 'were')} already there. ${nameOf({ data: from, ledger: to })} matches up to sequence ${format(total)}.`,
      )
      printLine(
        retired
          ? `Use it with --data ${from} and --ledger, or REDRESS_LEDGER. The copied file is now ${RETIRED}, so that nothing writes to it.`
          : `Another process still has the ledger in ${from} open: stop it and run this again before anything writes to the cluster.`,
      )
    })
