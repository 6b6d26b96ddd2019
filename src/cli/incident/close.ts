import { Command, Option } from 'commander'
import { type CloseIncidentOptions, closeIncident } from '../../app/incident/close.ts'
import type { RecordingPlace } from '../../app/stores.ts'
import { wordsOfCodec } from '../../domain/codec.ts'
import { Conclusion } from '../../domain/events/incident-closed.ts'
import { byOption } from '../by-option.ts'
import { acceptClockOption, dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { resultOrUsage } from '../result.ts'

type Options = Omit<RecordingPlace, 'clock'> &
  Pick<CloseIncidentOptions, 'conclusion' | 'by'> & { readonly summary?: string; readonly json?: boolean }

export const incidentCloseCommand = (): Command =>
  new Command('close')
    .summary('close an incident')
    .description(
      'Closes an incident. What sounds about the same afterwards opens a new one. A confirmed one makes alarms pass over the ' +
        'versions that it suspects: later versions are compared with the one before them.',
    )
    .argument('<incident>', 'the incident')
    .addOption(
      new Option('--conclusion <conclusion>', 'what it turned out to be')
        .choices(wordsOfCodec(Conclusion))
        .makeOptionMandatory(),
    )
    .option('--summary <text>', 'the same in a line; it is never sealed, so put no personal data in it')
    .addOption(byOption('who closes it'))
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 closed, or closed before; 2 failed.

Example:
  redress incident close 3b1f9ac04d52 --conclusion confirmed --summary 'a typo in a threshold' --by ana`,
    )
    .action(async (incidentId: string, options: Options) => {
      const { data, ledger, acceptClock, conclusion, summary = null, by, json } = options
      const place = { data, ledger, acceptClock, clock: Date.now }
      const closed = resultOrUsage(await closeIncident({ ...place, incidentId, conclusion, summary, by }))
      if (json === true) return printJson(closed)
      printLine(`Incident ${incidentId} ${closed.kind === 'closed' ? 'is closed' : 'was closed before'}`)
    })
