import { Command, Option } from 'commander'
import { approve } from '../../app/remediation/approve.ts'
import { type ActOptions, actOf, addActOptions } from '../act-options.ts'
import { printJson, printLine, wholeNumber } from '../output.ts'
import { resultOrUsage } from '../result.ts'

type Options = ActOptions & { readonly tolerance: number; readonly reason?: string }

export const remediationApproveCommand = (): Command =>
  addActOptions(
    new Command('approve')
      .summary('approve a plan')
      .description(
        'Approves a plan: nothing is asked for without it. Whoever made the plan cannot approve it, and its sample must be judged. ' +
          'The name is what is typed, and the event says so.',
      )
      .argument('<remediation>', 'the remediation')
      .addOption(
        new Option(
          '--tolerance <decisions>',
          'how many decisions of the sample may turn out not to be reversed',
        )
          .argParser(wholeNumber(0))
          .default(0),
      )
      .option(
        '--reason <text>',
        'why these are accepted, or, for a plan that only voids flags, why nothing was judged; it is never sealed, so put no personal data in it',
      ),
    'who approves it',
  )
    .addHelpText(
      'after',
      `
Exit code: 0 approved, or approved before by the same person; 1 refused by a rule; 2 failed.

Example:
  redress remediation approve 3b1f9ac04d52-1 --by cleo`,
    )
    .action(async (remediationId: string, options: Options) => {
      const { tolerance, reason = null, json } = options
      const approved = resultOrUsage(await approve({ ...actOf(options), remediationId, tolerance, reason }))
      if (json === true) return printJson(approved)
      const { kind, planSha256 } = approved
      printLine(
        `Remediation ${remediationId} ${kind === 'approved' ? 'is approved' : 'was approved before'}: plan ${planSha256}`,
      )
    })
