import { Command } from 'commander'
import { liftHold } from '../../app/hold/lift.ts'
import { type ActOptions, actOf, addActOptions } from '../act-options.ts'
import { printJson, printLine } from '../output.ts'
import { resultOrUsage } from '../result.ts'

type Options = ActOptions & { readonly reason: string }

export const holdLiftCommand = (): Command =>
  addActOptions(
    new Command('lift')
      .summary('end a hold')
      .description('Ends a hold: services act again.')
      .argument('<hold>', 'the hold')
      .requiredOption('--reason <text>', 'why; it is never sealed, so put no personal data in it'),
    'who lifts it',
  )
    .addHelpText(
      'after',
      `
Exit code: 0 lifted, or lifted before; 2 failed.

Example:
  redress hold lift 3b1f9ac04d52 --reason 'fixed in 2025-05-02' --by ana`,
    )
    .action(async (holdId: string, { reason, json, ...act }: Options) => {
      const lifted = resultOrUsage(await liftHold({ ...actOf(act), holdId, reason }))
      if (json === true) return printJson(lifted)
      printLine(`Hold ${holdId} ${lifted.kind === 'lifted' ? 'is lifted' : 'was lifted before'}`)
    })
