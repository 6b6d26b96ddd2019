import * as E from '#fp/Either'
import { Line } from '../../domain/ids.ts'
import { isSamePerson } from '../../domain/person.ts'
import { type NotApproved, sampleState, whyNotApproved } from '../../domain/remediation.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { readPlan } from '../../incidents/remediation/plan/stored.ts'
import type { Vault } from '../../ledger/vault/vault.ts'
import { type AppError, invalid, refused } from '../error.ts'
import { ledgerResult } from '../results.ts'
import type { RecordingPlace } from '../stores.ts'
import { addingToRemediation, recordSaid } from './read.ts'

export type ApproveOptions = RecordingPlace & {
  readonly remediationId: string
  /** How many decisions of the sample may turn out not to be reversed. */
  readonly tolerance: number
  /** Why that is accepted; required above 0. */
  readonly reason: string | null
  /** Who approves it. */
  readonly by: string
}

/** `unchanged`: the same person approved it before, and nothing was recorded. */
export type Approved = {
  readonly kind: 'approved' | 'unchanged'
  readonly remediationId: string
  readonly planSha256: string
}

/** Approves a plan: nothing is asked for without it. */
export const approve = async ({
  remediationId,
  tolerance,
  reason,
  by,
  ...place
}: ApproveOptions): Promise<E.Either<AppError, Approved>> => {
  if (!Line.is(by)) return invalid(`the name must be ${Line.name}`, 'by')
  if (reason !== null && !Line.is(reason)) return invalid(`the reason must be ${Line.name}`, 'reason')
  return addingToRemediation({ remediationId, ...place }, async ({ ledger, vault }, read) => {
    const { planSha256, by: planner } = read.remediation.planned.data
    const { approved } = read.remediation
    if (approved !== null && isSamePerson(approved.data.by, by)) {
      return E.right({ kind: 'unchanged', remediationId, planSha256 })
    }
    const later = read.incident.remediations.at(-1)?.remediationId
    if (later !== undefined && later !== remediationId) {
      return refused(`${later} was planned after ${remediationId}; judge and approve that one`)
    }
    const approval = { planSha256, by, tolerance, ...(reason === null ? {} : { reason }) }
    const why = whyNotApproved(read.remediation, approval)
    if (why !== null) return refusal(why, { remediationId, planner, tolerance })
    const whole = await checkPlan(vault, planSha256)
    if (E.isLeft(whole)) return whole
    const { verdicts, disagreements } = sampleState(read.remediation)
    // Only a session proves who somebody is.
    const data = { ...approval, authenticated: false, verdicts, disagreements }
    const said = [{ type: 'remediation.approved.v1' as const, data }]
    return E.map((): Approved => ({ kind: 'approved', remediationId, planSha256 }))(
      await recordSaid(ledger, read, said, place.clock),
    )
  })
}

/** Fails unless all of a plan is in the vault. */
const checkPlan = async (vault: Vault, planSha256: string): Promise<E.Either<AppError, null>> => {
  const plan = ledgerResult(await readPlan(vault, planSha256))
  if (E.isLeft(plan)) return plan
  for await (const accounts of plan.right.accounts()) {
    if (E.isLeft(accounts)) return ledgerResult(accounts)
  }
  return E.right(null)
}

type Refused = { readonly remediationId: string; readonly planner: string; readonly tolerance: number }

/** The rule that is broken, and what to do. */
const refusal = (
  why: NotApproved,
  { remediationId, planner, tolerance }: Refused,
): E.Either<AppError, never> => {
  switch (why.kind) {
    case 'approved_before':
      return refused(`${why.by} has approved ${remediationId} before`)
    case 'planned_it':
      return refused(`${planner} made the plan, so somebody else must approve it`, 'by')
    case 'another_plan':
      return refused(`the plan of ${remediationId} is ${why.planSha256}`)
    case 'nothing_sampled_without_reason':
      return refused(
        'the plan only voids flags, of which none is in the sample, so nobody has judged any; say why that is right',
        'reason',
      )
    case 'sample_not_judged':
      return refused(
        `${countOf(why.missing, 'decision')} of the sample still ${why.missing === 1 ? 'needs' : 'need'} verdicts; redress remediation sample ${remediationId} --by NAME lists what a person can judge`,
      )
    case 'too_many_disagreements':
      return refused(
        `${countOf(why.disagreements, 'decision')} of the sample ${why.disagreements === 1 ? 'is' : 'are'} not to be reversed, or may not be, and ${tolerance} ${tolerance === 1 ? 'is' : 'are'} tolerated; correct the plan, or accept it with --tolerance and --reason`,
      )
    case 'tolerance_without_reason':
      return refused('a tolerance above 0 requires a reason', 'reason')
  }
}
