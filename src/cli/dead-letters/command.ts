import { Command } from 'commander'
import { listCommand } from './list.ts'
import { purgeCommand } from './purge.ts'
import { resubmitCommand } from './resubmit.ts'
import { showCommand } from './show.ts'

export const deadLettersCommand = (): Command =>
  new Command('dead-letters')
    .description(
      'Handles rejected messages. Each is stored once, identified by a hash of its bytes, with the reason and how often it ' +
        'was received, and sealed under its own key, because it may contain personal text. When it is accepted later, as it ' +
        'is or edited, it is marked as resolved by that event, and its bytes are destroyed.',
    )
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(showCommand())
    .addCommand(resubmitCommand())
    .addCommand(purgeCommand())
    .addHelpText(
      'after',
      `
Without a subcommand, lists the dead letters.

Examples:
  redress dead-letters --unresolved
  redress dead-letters show 3f5a9c
  redress dead-letters resubmit 3f5a9c --file edited.json
  redress dead-letters purge --older-than 90d --resolved`,
    )
