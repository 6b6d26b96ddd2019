import { Command } from 'commander'
import { healthCommand } from './health.ts'
import { restateCommand } from './restate.ts'
import { transparencyCommand } from './transparency.ts'

export const reportCommand = (): Command =>
  new Command('report')
    .description(
      'Reports figures about enforcement: what needs attention now, transparency reports for a period, and how an earlier ' +
        'transparency report would differ today.',
    )
    .addCommand(healthCommand())
    .addCommand(transparencyCommand())
    .addCommand(restateCommand())
