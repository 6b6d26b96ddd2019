import { Command } from 'commander'
import { liftHold } from '../../app/hold/lift.ts'
import type { RecordingPlace } from '../../app/stores.ts'
import { byOption } from '../by-option.ts'
import { acceptClockOption, dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { resultOrUsage } from '../result.ts'

type Options = Omit<RecordingPlace, 'clock'> & {
  readonly by: string
  readonly reason: string
  readonly json?: boolean
}

export const holdLiftCommand = (): Command =>
  new Command('lift')
    .summary('end a hold')
    .description('Ends a hold: services act again.')
    .argument('<hold>', 'the hold')
    .addOption(byOption('who lifts it'))
    .requiredOption('--reason <text>', 'why; it is never sealed, so put no personal data in it')
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 lifted, or lifted before; 2 failed.

Example:
  redress hold lift 3b1f9ac04d52 --reason 'fixed in 2025-05-02' --by ana`,
    )
    .action(async (holdId: string, { data, ledger, acceptClock, by, reason, json }: Options) => {
      const place = { data, ledger, acceptClock, clock: Date.now }
      const lifted = resultOrUsage(await liftHold({ ...place, holdId, by, reason }))
      if (json === true) return printJson(lifted)
      printLine(`Hold ${holdId} ${lifted.kind === 'lifted' ? 'is lifted' : 'was lifted before'}`)
    })
