import { Command } from 'commander'
import type { LedgerPlace } from '../../app/stores.ts'
import { listTripwires } from '../../app/tripwires/list.ts'
import { trippedJson } from '../../app/tripwires/tripped-json.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { helpNotes } from '../help-notes.ts'
import { dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { startProgress } from '../progress.ts'
import { atOption } from '../replay/loading.ts'
import { resultOrFail } from '../result.ts'
import { format } from '../table.ts'
import { trippedLines } from './lines.ts'

type Options = LedgerPlace & { readonly at?: number; readonly json?: boolean }

export const tripwiresCommand = (): Command =>
  new Command('tripwires')
    .description(
      'Lists the tripwires that a ledger has set off: an unpublished version of a ruleset that is in use, content of another ' +
        'account, a version that was not rehearsed, decisions without grounds, restrictions that no policy asks for, ' +
        'accounts banned again, a queue that is replayed. Reads the whole ledger; the same events always set off the same.',
    )
    .addOption(atOption())
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
Each wire is listed once a source, value (rule and version) and UTC day. Events taken in with "redress ingest --backfill" set off none. What each wire means, and from how many events on: docs/tripwires.md.

Exit code: 0 listed, 2 failed.

Examples:
  redress tripwires
  redress tripwires --at 41000 --json`),
    )
    .action(async ({ data, ledger, at, json }: Options) => {
      const progress = startProgress('Reading the ledger', 1, 'events')
      const { sequence, tripped } = resultOrFail(
        await listTripwires({ data, ledger, at: at ?? null, onProgress: progress.update }).finally(
          progress.stop,
        ),
      )
      if (json === true) return printJson({ sequence, tripwires: tripped.map(trippedJson) })
      printLine(`Up to sequence ${format(sequence)}: ${countOf(tripped.length, 'tripwire')} set off`)
      if (tripped.length === 0) return
      printLine()
      for (const line of trippedLines(tripped)) printLine(line)
    })
