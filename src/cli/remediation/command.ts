import { Command } from 'commander'
import { remediationApproveCommand } from './approve.ts'
import { remediationPlanCommand } from './plan.ts'
import { remediationRequestsCommand } from './requests.ts'
import { remediationReviewCommand } from './review.ts'
import { remediationSampleCommand } from './sample.ts'
import { remediationShowCommand } from './show.ts'

export const remediationCommand = (): Command =>
  new Command('remediation')
    .description(
      'Remediations: what is put back for an incident. A plan is made from a replay, a sample of it is judged by two people, and ' +
        'somebody else approves it.',
    )
    .addCommand(remediationPlanCommand())
    .addCommand(remediationShowCommand())
    .addCommand(remediationReviewCommand())
    .addCommand(remediationSampleCommand())
    .addCommand(remediationApproveCommand())
    .addCommand(remediationRequestsCommand())
