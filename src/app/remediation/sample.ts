import * as E from '#fp/Either'
import { Line } from '../../domain/ids.ts'
import { isSamePerson } from '../../domain/person.ts'
import { type NotJudged, type Remediation, whyNotJudged } from '../../domain/remediation.ts'
import type { PlannedDecision, Stratum } from '../../incidents/remediation/plan/model.ts'
import { readPlan, type StoredPlan } from '../../incidents/remediation/plan/stored.ts'
import type { WrittenVerdict } from '../../incidents/remediation/verdicts-file.ts'
import { type AppError, invalid, refused } from '../error.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, type RecordingPlace, readingLedger } from '../stores.ts'
import { addingToRemediation, readRemediation, recordSaid } from './read.ts'

/** A decision that a person is asked about; nothing in it says what others said. */
export type AskedDecision = Omit<PlannedDecision, 'becauseOf'> & { readonly account: string }

/** The decisions of a sample that a person can still judge. */
export type AskedOf = {
  readonly decisions: ReadonlyArray<AskedDecision>
  /** How many decisions the sample has. */
  readonly size: number
}

export type AskOptions = LedgerPlace & { readonly remediationId: string; readonly by: string }

/** Lists what a person can judge of a sample. */
export const askPerson = async ({
  remediationId,
  by,
  ...place
}: AskOptions): Promise<E.Either<AppError, AskedOf>> => {
  if (!Line.is(by)) return invalid(`the name must be ${Line.name}`, 'by')
  return readingLedger(place, async ({ ledger, vault }) => {
    const read = await readRemediation(ledger, remediationId, place)
    if (E.isLeft(read)) return read
    const { remediation } = read.right
    if (isSamePerson(by, remediation.planned.data.by)) return refused(refusals.planned_it(by), 'by')
    const plan = ledgerResult(await readPlan(vault, remediation.planned.data.planSha256))
    if (E.isLeft(plan)) return plan
    const open = plan.right.sample.filter(
      ({ decisionId }) => whyNotJudged(remediation, decisionId, by) === null,
    )
    const asked = await decisionsOf(
      plan.right,
      open.map(({ decisionId }) => decisionId),
    )
    return E.isLeft(asked) ? asked : E.right({ decisions: asked.right, size: plan.right.sample.length })
  })
}

const decisionsOf = async (
  plan: StoredPlan,
  decisionIds: ReadonlyArray<string>,
): Promise<E.Either<AppError, ReadonlyArray<AskedDecision>>> => {
  const found = new Map<string, AskedDecision>()
  const wanted = new Set(decisionIds)
  for await (const accounts of plan.accounts()) {
    if (E.isLeft(accounts)) return ledgerResult(accounts)
    for (const { account, decisions } of accounts.right) {
      for (const { becauseOf: _, ...decision } of decisions) {
        if (wanted.has(decision.decisionId)) found.set(decision.decisionId, { account, ...decision })
      }
    }
  }
  return E.right(decisionIds.flatMap((decisionId) => found.get(decisionId) ?? []))
}

export type JudgeSampleOptions = RecordingPlace & {
  readonly remediationId: string
  readonly verdicts: ReadonlyArray<WrittenVerdict>
  /** Who judged. */
  readonly by: string
}

/** How many verdicts were recorded, and how many were there before. */
export type SampleJudged = { readonly recorded: number; readonly unchanged: number }

/** Records what a person says of decisions of a sample; nothing if a rule is broken. */
export const judgeSample = async ({
  remediationId,
  verdicts,
  by,
  ...place
}: JudgeSampleOptions): Promise<E.Either<AppError, SampleJudged>> => {
  if (!Line.is(by)) return invalid(`the name must be ${Line.name}`, 'by')
  return addingToRemediation({ remediationId, ...place }, async ({ ledger, vault }, read) => {
    const { remediation } = read
    const plan = ledgerResult(await readPlan(vault, remediation.planned.data.planSha256))
    if (E.isLeft(plan)) return plan
    const sample = new Set(plan.right.sample.map(({ decisionId }) => decisionId))
    const stranger = verdicts.find(({ decisionId }) => !sample.has(decisionId))
    if (stranger !== undefined) {
      return refused(`decision ${stranger.decisionId} is not in the sample of ${remediationId}`)
    }
    const fresh = verdicts.filter((verdict) => !isSaid(remediation, verdict, by))
    for (const { decisionId } of fresh) {
      const why = whyNotJudged(remediation, decisionId, by)
      if (why !== null) return refused(refusals[why](by, decisionId), 'by')
    }
    const said = fresh.map((verdict) => ({
      type: 'remediation.sampled.v1' as const,
      data: { ...verdict, by },
    }))
    return E.map((): SampleJudged => ({ recorded: fresh.length, unchanged: verdicts.length - fresh.length }))(
      await recordSaid(ledger, read, said, place.clock),
    )
  })
}

const isSaid = ({ verdicts }: Remediation, { decisionId, verdict }: WrittenVerdict, by: string): boolean =>
  (verdicts.get(decisionId) ?? []).some((given) => isSamePerson(given.by, by) && given.verdict === verdict)

/** Why a verdict is refused, for people. */
const refusals: Readonly<Record<NotJudged, (by: string, decisionId?: string) => string>> = {
  planned_it: (by) => `${by} made the plan, so others must judge its sample`,
  judged_before: (by, decisionId) =>
    `${by} has judged decision ${decisionId} otherwise before, and a verdict stands; another person can judge it`,
  settled: (_, decisionId) => `enough people have judged decision ${decisionId}; leave it out`,
  approved: () => 'the plan is approved, so its sample is closed',
}

/** A stratum, for people. */
export const stratumName = ({
  class: cls,
  rule,
  restriction,
}: Omit<Stratum, 'decisions' | 'sampled'>): string =>
  [cls, rule ?? 'no rule', restriction ?? 'removal'].join(', ')
