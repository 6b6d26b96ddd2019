import { Command } from 'commander'
import { noteOnIncident } from '../../app/incident/note.ts'
import { type ActOptions, actOf, addActOptions } from '../act-options.ts'
import { printJson, printLine } from '../output.ts'
import { resultOrUsage } from '../result.ts'

export const incidentNoteCommand = (): Command =>
  addActOptions(
    new Command('note')
      .summary('add a note to an incident')
      .description('Adds a note to an incident. It is sealed, like the words of an appeal.')
      .argument('<incident>', 'the incident')
      .argument('<text>', 'the note'),
    'who notes it',
  )
    .addHelpText(
      'after',
      `
Exit code: 0 recorded, 2 failed.

Example:
  redress incident note 3b1f9ac04d52 'the threshold was 0.35 instead of 0.85' --by ana`,
    )
    .action(async (incidentId: string, text: string, { json, ...act }: ActOptions) => {
      resultOrUsage(await noteOnIncident({ ...actOf(act), incidentId, text }))
      if (json === true) return printJson({ incidentId, by: act.by })
      printLine(`Noted on incident ${incidentId}`)
    })
