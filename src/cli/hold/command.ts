import { Command } from 'commander'
import { holdLiftCommand } from './lift.ts'
import { holdListCommand } from './list.ts'
import { holdRequestCommand } from './request.ts'

export const holdCommand = (): Command =>
  new Command('hold')
    .description(
      'Asks services not to act on a rule, a detector or a decision maker for now, while flags go on. A hold stands until a ' +
        'person lifts it.',
    )
    .addCommand(holdRequestCommand())
    .addCommand(holdLiftCommand())
    .addCommand(holdListCommand())
