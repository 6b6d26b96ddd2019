import { Command } from 'commander'
import { incidentCloseCommand } from './close.ts'
import { incidentListCommand } from './list.ts'
import { incidentNoteCommand } from './note.ts'
import { incidentOpenCommand } from './open.ts'
import { incidentShowCommand } from './show.ts'

export const incidentCommand = (): Command =>
  new Command('incident')
    .description(
      'Incidents: something may be at fault, and is looked into. redress watch opens one for an alarm; a person can open one ' +
        'by hand.',
    )
    .addCommand(incidentOpenCommand())
    .addCommand(incidentListCommand())
    .addCommand(incidentShowCommand())
    .addCommand(incidentNoteCommand())
    .addCommand(incidentCloseCommand())
