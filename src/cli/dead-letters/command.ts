import { Command } from 'commander'
import { listCommand } from './list.ts'
import { purgeCommand } from './purge.ts'
import { resubmitCommand } from './resubmit.ts'
import { showCommand } from './show.ts'

export const deadLettersCommand = (): Command =>
  new Command('dead-letters')
    .description(
      'Works with the lines that were refused. Each is kept once, by a hash of its bytes, with the reason and with ' +
        'how often it came, and sealed under a key of its own, for it may be what a person wrote. When it gets in later, or ' +
        'an edited one in its place, it is marked resolved by that event, and its bytes are destroyed.',
    )
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(showCommand())
    .addCommand(resubmitCommand())
    .addCommand(purgeCommand())
    .addHelpText(
      'after',
      `
Without a subcommand it lists.

Examples:
  redress dead-letters --unresolved
  redress dead-letters show 3f5a9c
  redress dead-letters resubmit 3f5a9c --file edited.json
  redress dead-letters purge --older-than 90d --resolved`,
    )
