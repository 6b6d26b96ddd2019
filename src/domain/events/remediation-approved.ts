import * as t from 'io-ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { grouped } from '../../foundation/text/grouped.ts'
import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { shortHash } from '../definition/story.ts'
import { Line, Sha256 } from '../ids.ts'
import { Count } from '../parts.ts'
import { remediation, remediationCommon } from './remediation-parts.ts'

export const remediationApproved = defineEvent({
  ...remediationCommon,
  type: 'remediation.approved.v1',
  since: 6,
  says: 'A person other than the planner approved a plan, after its sample was judged.',
  fields: {
    planSha256: 'The SHA-256 of the plan that is approved; no other plan is.',
    authenticated: 'Whether it is known who approved it; on a command line, a name is only typed.',
    tolerance: 'How many disagreements the approver accepts.',
    verdicts: 'How many verdicts on the sample there are.',
    disagreements:
      'How many decisions of the sample are not to be reversed, or may not be, according to those who judged it.',
    reason: 'Why disagreements are accepted. Put no personal data here: it is never sealed.',
    by: 'Who approved it.',
  },
  incoming: null,
  stored: closed(
    'remediation.approved',
    {
      ...remediation,
      planSha256: Sha256,
      by: Line,
      authenticated: t.boolean,
      tolerance: Count,
      verdicts: Count,
      disagreements: Count,
    },
    { reason: Line },
  ),
  columns: {
    planSha256: 'the hash of a plan',
    authenticated: 'whether it is known who approved a plan, or only typed',
    tolerance: 'how many disagreements an approver accepts',
    verdicts: 'the verdicts on a sample',
    disagreements: 'the decisions of a sample that are not to be reversed, or may not be',
    reason: { kind: 'text' },
    by: { name: 'by_whom' },
  },
  story: ({
    data: { remediationId, planSha256, by, authenticated, tolerance, verdicts, disagreements, reason },
  }) => ({
    headline: `remediation ${remediationId} approved by ${by}${authenticated ? '' : ' (a typed name)'}, plan ${shortHash(planSha256)}`,
    details: [
      `${countOf(verdicts, 'verdict')} on the sample; ${countOf(disagreements, 'decision')} not to be reversed, ${grouped(tolerance)} tolerated`,
      ...(reason === undefined ? [] : [`reason: ${reason}`]),
    ],
  }),
  sample: {
    remediationId: 'i1-1',
    incidentId: 'i1',
    planSha256: 'ef'.repeat(32),
    by: 'cleo',
    authenticated: false,
    tolerance: 1,
    verdicts: 601,
    disagreements: 1,
    reason: 'the one was a ban for another reason',
  },
})
