import * as E from '#fp/Either'
import type { Incident } from '../../domain/incident.ts'
import { finalVerdict, type Remediation, type SampleState, sampleState } from '../../domain/remediation.ts'
import { clopperPearsonBound } from '../../foundation/statistics/clopper-pearson.ts'
import type { PlanHead, Stratum } from '../../incidents/remediation/plan/model.ts'
import { readPlan, type StoredPlan } from '../../incidents/remediation/plan/stored.ts'
import type { AppError } from '../error.ts'
import { type NextStep, nextOfRemediation } from '../incident/next-steps.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, readingLedger } from '../stores.ts'
import { readRemediation } from './read.ts'

/** How far the sample of a stratum is judged. */
export type JudgedStratum = Stratum & {
  readonly settled: number
  readonly disagreements: number
  /**
   * The greatest share of the stratum that may be wrong to reverse, at 95 % confidence, given what is judged (Clopper and
   * Pearson's exact upper bound; of a stratum that is judged completely, the share itself); 1 before anything is. There is
   * none of all strata together: smaller ones are sampled more densely.
   */
  readonly wrongAtMost: number
}

export type ShownRemediation = {
  readonly remediation: Remediation
  readonly plan: PlanHead
  readonly sample: SampleState
  readonly strata: ReadonlyArray<JudgedStratum>
  /** Rows for a person that one has settled; the next plan counts them. */
  readonly reviewed: number
  /** How many events the ledger has since the plan, those of its incident apart. */
  readonly eventsSince: number
  readonly next: ReadonlyArray<NextStep>
}

/** Shows a remediation: its plan, how far its sample is judged, and whether it is approved. */
export const showRemediation = ({
  remediationId,
  ...place
}: LedgerPlace & { readonly remediationId: string }): Promise<E.Either<AppError, ShownRemediation>> =>
  readingLedger(place, async ({ ledger, vault }) => {
    const read = await readRemediation(ledger, remediationId, place)
    if (E.isLeft(read)) return read
    const { remediation, incident, events } = read.right
    const plan = ledgerResult(await readPlan(vault, remediation.planned.data.planSha256))
    if (E.isLeft(plan)) return plan
    const head = ledgerResult(await ledger.head())
    if (E.isLeft(head)) return head
    const ownSince = events.length - events.findIndex(({ id }) => id === remediation.planned.id)
    return E.right({
      remediation,
      plan: plan.right.head,
      sample: sampleState(remediation),
      strata: judgedStrata(plan.right, remediation),
      reviewed: remediation.reviewed.size,
      eventsSince: head.right.sequence - remediation.planned.data.sequence - ownSince,
      next: nextOf(incident, remediation),
    })
  })

const nextOf = ({ closed, remediations }: Incident, remediation: Remediation): ReadonlyArray<NextStep> => {
  if (closed !== null) return []
  const last = remediations.at(-1) ?? remediation
  return last.remediationId === remediation.remediationId
    ? nextOfRemediation(remediation)
    : [
        {
          what: 'A later plan has replaced this one',
          command: `redress remediation show ${last.remediationId}`,
        },
      ]
}

const boundOf = ({
  decisions,
  disagreements,
  settled,
}: Pick<JudgedStratum, 'decisions' | 'disagreements' | 'settled'>): number =>
  settled === decisions
    ? disagreements / decisions
    : clopperPearsonBound({ successes: disagreements, trials: settled })

const judgedStrata = (
  { head, sample }: StoredPlan,
  { verdicts }: Remediation,
): ReadonlyArray<JudgedStratum> => {
  const judged = sample.map(({ decisionId, stratum }) => ({
    stratum,
    verdict: finalVerdict(verdicts.get(decisionId) ?? []),
  }))
  return head.strata.map((stratum, index) => {
    const settled = judged.filter((one) => one.stratum === index && one.verdict !== null)
    const disagreements = settled.filter(({ verdict }) => verdict !== 'agree').length
    const state = { settled: settled.length, disagreements }
    return { ...stratum, ...state, wrongAtMost: boundOf({ ...stratum, ...state }) }
  })
}

/** The same as JSON. */
export const remediationJson = ({ remediation, ...shown }: ShownRemediation) => {
  const { remediationId, planned, approved } = remediation
  const { by, planSha256 } = planned.data
  return {
    remediationId,
    ...{ planSha256, plannedAt: planned.recordedat, plannedBy: by },
    ...shown,
    approved: approved === null ? null : { at: approved.recordedat, ...withoutIds(approved.data) },
  }
}

const withoutIds = <D extends { readonly remediationId: string; readonly incidentId: string }>({
  remediationId: _,
  incidentId: __,
  ...data
}: D) => data
