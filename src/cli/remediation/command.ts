import { Command } from 'commander'
import { remediationApproveCommand } from './approve.ts'
import { remediationPlanCommand } from './plan.ts'
import { remediationRequestsCommand } from './requests.ts'
import { remediationReviewCommand } from './review.ts'
import { remediationRunCommand } from './run.ts'
import { remediationSampleCommand } from './sample.ts'
import { remediationShowCommand } from './show.ts'
import { remediationTurnCommand } from './turn.ts'

export const remediationCommand = (): Command =>
  new Command('remediation')
    .description(
      'Remediations: what is put back for an incident. A plan is made from a replay, a sample of it is judged by two people, and ' +
        'somebody else approves it. Then services are asked for it in waves.',
    )
    .addCommand(remediationPlanCommand())
    .addCommand(remediationShowCommand())
    .addCommand(remediationReviewCommand())
    .addCommand(remediationSampleCommand())
    .addCommand(remediationApproveCommand())
    .addCommand(remediationRunCommand())
    .addCommand(remediationTurnCommand('pause'))
    .addCommand(remediationTurnCommand('resume'))
    .addCommand(remediationTurnCommand('cancel'))
    .addCommand(remediationRequestsCommand())
