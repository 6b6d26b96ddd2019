import { Command, Option } from 'commander'
import { backup } from '../../app/backup.ts'
import { type LedgerPlace, nameOf } from '../../app/stores.ts'
import { describeFinding } from '../../ledger/sqlite/verify.ts'
import { dataOption, exitCodes, jsonOption, ledgerOption, noteLine, printJson, printLine } from '../output.ts'
import { progressOfParts } from '../progress.ts'
import { resultOrFail } from '../result.ts'
import { format } from '../table.ts'

type Options = LedgerPlace & { readonly keys?: string; readonly json?: boolean }

export const backupCommand = (): Command =>
  new Command('backup')
    .description(
      'Copies the ledger, what is kept beside it and the dead letters into a new folder, consistently, while others\n' +
        'write. The keys of sealed texts are not part of it: whoever has both can read what people wrote. The events of\n' +
        'a cluster (--ledger) are not copied either: back up the cluster by its own means, before this.',
    )
    .argument('<dir>', 'the folder for the copy; missing or empty')
    .addOption(new Option('--keys <dir>', 'copy the keys too, into this other folder'))
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
To restore, put the files of the copy and keys.db into one new data folder. Without the keys everything but the
sealed texts is there.

All that was copied is read again: events, documents and sealed texts against their hashes and each other, and with
--keys each text is opened. What is wrong is told by kind; the copy is kept, for there may be no better one.

Exit code: 0 the copy is whole, 1 it is not, for the ledger is not, 2 could not copy.

Examples:
  redress backup /backups/2025-05-20 --keys /safe/2025-05-20
  redress backup /backups/2025-05-20 --keys /safe/2025-05-20 --ledger esdb://db-1:2113,db-2:2113,db-3:2113`,
    )
    .action(async (dir: string, options: Options) => {
      const progress = progressOfParts()
      const made = await backup({
        data: options.data,
        ledger: options.ledger,
        target: dir,
        keysTarget: options.keys ?? null,
        onProgress: progress.part('Copying', 'pages'),
        onVerify: progress.part('Verifying', 'rows'),
      }).finally(progress.stop)
      const { sequence, files, keys, findings } = resultOrFail(made)
      if (findings.length > 0) process.exitCode = exitCodes.findings
      for (const finding of findings) {
        noteLine(`redress: the copy is not whole: ${describeFinding(finding)}`)
      }
      if (options.json === true) {
        printJson({ sequence, files, keys, findings })
        return
      }
      printLine(
        sequence === null
          ? `Copied what lies beside ${nameOf(options)}; back up its events by the cluster\u2019s own means.`
          : `Copied the ledger up to sequence ${format(sequence)}.`,
      )
      for (const file of files) printLine(`  ${file}`)
      printLine(
        findings.length === 0
          ? 'All of it was read again, and everything matches.'
          : `The copy is kept, but not whole, for ${options.data} is not: put what is missing back from an earlier backup.`,
      )
      printLine(
        keys !== null
          ? `The keys are in ${keys}. Keep them apart from the copy.`
          : options.keys !== undefined
            ? `There is no keys.db in ${options.data} to copy.`
            : `The keys stay in ${options.data}; without keys.db the sealed texts in this copy can't be read. Copy them apart with --keys.`,
      )
    })
