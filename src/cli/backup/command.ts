import { Command, Option } from 'commander'
import { backup } from '../../app/backup.ts'
import { type LedgerPlace, nameOf } from '../../app/stores.ts'
import { describeFinding } from '../../ledger/sqlite/verify.ts'
import { helpNotes } from '../help-notes.ts'
import { dataOption, exitCodes, jsonOption, ledgerOption, noteLine, printJson, printLine } from '../output.ts'
import { progressOfParts } from '../progress.ts'
import { resultOrFail } from '../result.ts'
import { format } from '../table.ts'

type Options = LedgerPlace & { readonly keys?: string; readonly json?: boolean }

export const backupCommand = (): Command =>
  new Command('backup')
    .description(
      'Copies the ledger, the files stored with it and the dead letters into a new folder, as a consistent snapshot, ' +
        'while others write. The keys of sealed texts are not included: anyone with both can read what people wrote. ' +
        'The events in a cluster (--ledger) are not copied either: back up the cluster with its own tools, before this.',
    )
    .argument('<dir>', 'the folder for the copy; it must be empty or not exist')
    .addOption(new Option('--keys <dir>', 'copy the keys too, into this separate folder'))
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
To restore, put the files of the copy and keys.db into one new data folder. Without the keys, everything except the sealed texts is available.

The whole copy is then verified: events, documents and sealed texts are compared with their hashes and each other, and with --keys each text is decrypted. Problems are reported by kind; the copy is kept, because there may be no better one.

Exit code: 0 the copy is complete, 1 it is not, because the ledger is damaged, 2 failed.

Examples:
  redress backup /backups/2025-05-20 --keys /safe/2025-05-20
  redress backup /backups/2025-05-20 --keys /safe/2025-05-20 --ledger esdb://db-1:2113,db-2:2113,db-3:2113`),
    )
    .action(async (dir: string, options: Options) => {
      const progress = progressOfParts()
      const made = await backup({
        data: options.data,
        ledger: options.ledger,
        clock: Date.now,
        target: dir,
        keysTarget: options.keys ?? null,
        onProgress: progress.part('Copying', 'pages'),
        onVerify: progress.part('Verifying', 'rows'),
      }).finally(progress.stop)
      const { sequence, files, keys, findings } = resultOrFail(made)
      if (findings.length > 0) process.exitCode = exitCodes.findings
      for (const finding of findings) {
        noteLine(`redress: the copy is incomplete: ${describeFinding(finding)}`)
      }
      if (options.json === true) {
        printJson({ sequence, files, keys, findings })
        return
      }
      printLine(
        sequence === null
          ? `Copied the files stored with ${nameOf(options)}; back up its events with the cluster\u2019s own tools.`
          : `Copied the ledger up to sequence ${format(sequence)}.`,
      )
      for (const file of files) printLine(`  ${file}`)
      printLine(
        findings.length === 0
          ? 'The copy was verified; everything matches.'
          : `The copy is kept but incomplete, because ${options.data} is damaged: restore what is missing from an earlier backup.`,
      )
      printLine(
        keys !== null
          ? `The keys are in ${keys}. Store them separately from the copy.`
          : options.keys !== undefined
            ? `There is no keys.db in ${options.data} to copy.`
            : `The keys were not copied; without keys.db the sealed texts in this copy cannot be read. Copy them separately with --keys.`,
      )
    })
