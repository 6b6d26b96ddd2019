import type { PlannedRemediation } from '../../app/remediation/plan.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import type { PlanCounts } from '../../incidents/remediation/plan/model.ts'
import { format } from '../table.ts'

/** A plan that was made, for people: what is in it, and what is next. */
export const plannedLines = ({
  kind,
  remediationId,
  planSha256,
  plan,
  sampled,
  unknown,
}: PlannedRemediation): ReadonlyArray<string> => [
  kind === 'planned'
    ? `Remediation ${remediationId} is planned as of sequence ${format(plan.sequence)}`
    : `Remediation ${remediationId} asks for the same, so nothing was recorded`,
  ...countLines(plan.counts),
  `  waves       ${plan.waves.length === 0 ? 'none' : `${plan.waves.map(format).join(', ')} accounts`}`,
  `  sample      ${countOf(sampled, 'decision')}`,
  ...(unknown.length === 0
    ? []
    : [`  unknown     ${countOf(unknown.length, 'exception names', 'exceptions name')} no row of it`]),
  `  plan        ${planSha256}`,
  '',
  `Next: redress remediation show ${remediationId}`,
]

/** What a plan asks for, for people. */
export const countLines = (counts: PlanCounts): ReadonlyArray<string> => {
  const { accounts, reinstate, restore, annul, change, flags, flagsVoided, strikePoints } = counts
  const { appeals, restricted, cascaded, review, kept, excepted } = counts
  return [
    `  accounts    ${format(accounts)}${restricted === 0 ? '' : `, of which ${format(restricted)} stay restricted`}`,
    `  decisions   ${format(reinstate)} to reinstate, ${format(restore)} to restore, ${format(annul)} to annul while another holds, ${format(change)} to make milder`,
    `  flags       ${format(flagsVoided)} voided with them, ${format(flags)} more that stand without a decision: ${countOf(strikePoints, 'strike point')}`,
    `  appeals     ${format(appeals)} become moot`,
    ...(cascaded === 0
      ? []
      : [`  cascades    ${countOf(cascaded, 'account')} in the wave of what they rest on, or later`]),
    `  for people  ${countOf(review, 'row')}${kept === 0 ? '' : `; ${countOf(kept, 'decision')} kept by a person`}`,
    `  left out    ${countOf(excepted, 'row')} on purpose`,
  ]
}
