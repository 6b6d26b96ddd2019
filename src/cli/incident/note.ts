import { Command } from 'commander'
import { noteOnIncident } from '../../app/incident/note.ts'
import type { RecordingPlace } from '../../app/stores.ts'
import { byOption } from '../by-option.ts'
import { acceptClockOption, dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { resultOrUsage } from '../result.ts'

type Options = Omit<RecordingPlace, 'clock'> & { readonly by: string; readonly json?: boolean }

export const incidentNoteCommand = (): Command =>
  new Command('note')
    .summary('add a note to an incident')
    .description('Adds a note to an incident. It is sealed, like the words of an appeal.')
    .argument('<incident>', 'the incident')
    .argument('<text>', 'the note')
    .addOption(byOption('who notes it'))
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 recorded, 2 failed.

Example:
  redress incident note 3b1f9ac04d52 'the threshold was 0.35 instead of 0.85' --by ana`,
    )
    .action(async (incidentId: string, text: string, { data, ledger, acceptClock, by, json }: Options) => {
      const place = { data, ledger, acceptClock, clock: Date.now }
      resultOrUsage(await noteOnIncident({ ...place, incidentId, text, by }))
      if (json === true) return printJson({ incidentId, by })
      printLine(`Noted on incident ${incidentId}`)
    })
