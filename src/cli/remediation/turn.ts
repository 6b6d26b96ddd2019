import { Command, Option } from 'commander'
import { type Turn, turnRemediation } from '../../app/remediation/turn.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { type ActOptions, actOf, addActOptions } from '../act-options.ts'
import { printJson, printLine } from '../output.ts'
import { resultOrUsage } from '../result.ts'

type Options = ActOptions & { readonly reason?: string }

const said = {
  pause: {
    summary: 'pause what is carried out',
    description:
      'Pauses a remediation: nothing more is asked for, after at most 100 requests, until it is resumed.',
    does: 'who pauses it',
    is: 'paused',
    example: "redress remediation pause 3b1f9ac04d52-1 --reason 'people are banned again' --by ana",
  },
  resume: {
    summary: 'go on with what was paused',
    description: 'Resumes a remediation: redress remediation run goes on with it.',
    does: 'who resumes it',
    is: 'going on',
    example: 'redress remediation resume 3b1f9ac04d52-1 --by ana',
  },
  cancel: {
    summary: 'cancel what is carried out, and withdraw what is open',
    description:
      'Cancels a remediation for good: nothing more is asked for, and every request that nobody has answered is withdrawn. What ' +
      'was carried out stays so. Run it again if it was stopped before all of them were withdrawn.',
    does: 'who cancels it',
    is: 'cancelled',
    example: "redress remediation cancel 3b1f9ac04d52-1 --reason 'the correction is wrong' --by ana",
  },
} as const

export const remediationTurnCommand = (turn: Turn): Command => {
  const { summary, description, does, is, example } = said[turn]
  const reason = new Option('--reason <text>', 'why; it is never sealed, so put no personal data in it')
  return addActOptions(
    new Command(turn)
      .summary(summary)
      .description(description)
      .argument('<remediation>', 'the remediation')
      .addOption(turn === 'resume' ? reason : reason.makeOptionMandatory()),
    does,
  )
    .addHelpText(
      'after',
      `
Exit code: 0 ${is}, or ${is} before; 1 refused by a rule; 2 failed.

Example:
  ${example}`,
    )
    .action(async (remediationId: string, options: Options) => {
      const { reason = null, json } = options
      const turned = resultOrUsage(await turnRemediation({ ...actOf(options), remediationId, turn, reason }))
      if (json === true) return printJson(turned)
      printLine(
        `Remediation ${remediationId} ${turned.kind === 'recorded' ? 'is' : 'was'} ${is}${turned.kind === 'recorded' ? '' : ' before'}`,
      )
      if (turn === 'cancel') printLine(`${countOf(turned.withdrawn, 'open request')} withdrawn`)
    })
}
