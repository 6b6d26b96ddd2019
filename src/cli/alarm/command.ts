import { Command } from 'commander'
import { alarmConfigureCommand } from './configure.ts'
import { alarmListCommand } from './list.ts'

export const alarmCommand = (): Command =>
  new Command('alarm')
    .description(
      'Lists the alarms that a ledger would have sounded, and sets how many false ones are expected.',
    )
    .addCommand(alarmListCommand(), { isDefault: true })
    .addCommand(alarmConfigureCommand())
    .addHelpText(
      'after',
      `
Without a subcommand, lists the alarms. To record them as they sound, and to be told, run redress watch.

Examples:
  redress alarm
  redress alarm --at 41000 --json
  redress alarm configure alarms.yaml --by ana`,
    )
