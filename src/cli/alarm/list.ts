import { Command } from 'commander'
import { alarmJson } from '../../app/alarm/alarm-json.ts'
import { listAlarms } from '../../app/alarm/list.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { helpNotes } from '../help-notes.ts'
import { dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { startProgress } from '../progress.ts'
import { atOption } from '../replay/loading.ts'
import { resultOrFail } from '../result.ts'
import { format } from '../table.ts'
import { alarmLines } from './lines.ts'

type Options = LedgerPlace & { readonly at?: number; readonly json?: boolean }

export const alarmListCommand = (): Command =>
  new Command('list')
    .summary('list the alarms that a ledger would have sounded')
    .description(
      'Lists the alarms that a ledger would have sounded: a rule that flags what the version before it would not have flagged, ' +
        'a detector that finds what the version before it does not find, a service that decides what no rule asks for. ' +
        'Reads the whole ledger, and records nothing; the same events always sound the same alarms.',
    )
    .addOption(atOption())
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
At most one false alarm is expected in a year. Of the repeats of an alarm within 24 hours those are listed by which its accounts had doubled; --json lists all. What counts, and how much it takes: docs/alarm.md.

Exit code: 0 listed, 2 failed.

Examples:
  redress alarm
  redress alarm --at 41000 --json`),
    )
    .action(async ({ data, ledger, at, json }: Options) => {
      const progress = startProgress('Reading the ledger', 1, 'events')
      const { sequence, alarms } = resultOrFail(
        await listAlarms({ data, ledger, at: at ?? null, onProgress: progress.update }).finally(
          progress.stop,
        ),
      )
      if (json === true) return printJson({ sequence, alarms: alarms.map(alarmJson) })
      const told = alarms.filter(({ isTold }) => isTold)
      printLine(`Up to sequence ${format(sequence)}: ${countOf(told.length, 'alarm')} sounded`)
      if (told.length === 0) return
      printLine()
      for (const line of alarmLines(told)) printLine(line)
    })
