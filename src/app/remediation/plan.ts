import * as E from '#fp/Either'
import { Line } from '../../domain/ids.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import type {
  ConditionalException,
  ListedException,
} from '../../incidents/remediation/exceptions/exception.ts'
import { compileExceptions, type Exceptions } from '../../incidents/remediation/exceptions/exceptions.ts'
import type { PlanHead } from '../../incidents/remediation/plan/model.ts'
import { type DraftedPlan, draftPlan } from '../../incidents/remediation/plan/plan.ts'
import { accountsAt } from '../../incidents/remediation/plan/read-accounts.ts'
import { settledIn } from '../../incidents/remediation/plan/settled.ts'
import { isSamePlan, type Keeping, type KeptPlan, keepPlan } from '../../incidents/remediation/plan/stored.ts'
import { suspectedFlags } from '../../incidents/remediation/plan/suspected.ts'
import type { WaveStep } from '../../incidents/remediation/plan/waves.ts'
import type { OpenLedger } from '../../ledger/open.ts'
import { hashOfCorrection } from '../../replay/correction/correction.ts'
import { keepCorrection } from '../../replay/correction/kept.ts'
import { type AppError, invalid, refused } from '../error.ts'
import { readIncident } from '../incident/read.ts'
import { type Act, recordAct } from '../record-act.ts'
import { type JudgeOptions, judgeIn } from '../replay/replay.ts'
import { ledgerResult } from '../results.ts'
import { openToAdd, type RecordingPlace } from '../stores.ts'
import { remediationIdOf } from './read.ts'

export type PlanOptions = RecordingPlace &
  Omit<JudgeOptions, 'window' | 'full' | 'isSuspected' | 'at' | 'withoutDamaged'> & {
    readonly incidentId: string
    /** What is left out on purpose. */
    readonly except: ReadonlyArray<ListedException>
    readonly exceptWhere: ConditionalException | null
    /** Accept exceptions that name no row of the plan. */
    readonly allowUnknown: boolean
    /** How many decisions two people are to judge. */
    readonly sample: number
    readonly waves: ReadonlyArray<WaveStep>
    /** Who plans. */
    readonly by: string
    /** Called periodically with how many accounts are planned for, and the total. */
    readonly onPlanning: (done: number, total: number) => void
  }

export type PlannedRemediation = {
  /** `unchanged`: the last plan of the incident asks for the same, and nothing was recorded. */
  readonly kind: 'planned' | 'unchanged'
  readonly remediationId: string
  /** Of this plan; of the last one if it is unchanged. */
  readonly planSha256: string
  readonly plan: PlanHead
  /** How many decisions are in its sample. */
  readonly sampled: number
  /** Exceptions that name no row of it. */
  readonly unknown: ReadonlyArray<ListedException>
}

/** Plans what is put back for an incident, from a replay of the whole ledger under a correction. */
export const planRemediation = async (
  options: PlanOptions,
): Promise<E.Either<AppError, PlannedRemediation>> => {
  const { by, except, exceptWhere } = options
  if (!Line.is(by)) return invalid(`the name must be ${Line.name}`, 'by')
  if (exceptWhere !== null && !Line.is(exceptWhere.reason)) {
    return invalid(`the reason must be ${Line.name}`, 'reason')
  }
  const exceptions = compileExceptions(except, exceptWhere)
  if (E.isLeft(exceptions)) return invalid(exceptions.left.join('; '), 'exceptWhere')
  const opened = await openToAdd(options)
  if (E.isLeft(opened)) return opened
  return planIn(opened.right, options, exceptions.right).finally(opened.right.close)
}

const planIn = async (
  opened: OpenLedger,
  options: PlanOptions,
  exceptions: Exceptions,
): Promise<E.Either<AppError, PlannedRemediation>> => {
  const { incidentId } = options
  const read = await readIncident(opened.ledger, incidentId, options)
  if (E.isLeft(read)) return read
  const { incident, events } = read.right
  if (incident.closed !== null) return refused(closedText(incidentId), 'incident')
  const judged = await judgeIn(opened, {
    ...options,
    ...{ window: { from: null, to: null }, at: null, withoutDamaged: false, full: true },
    isSuspected: suspectedFlags(incident.suspects),
  })
  if (E.isLeft(judged)) return judged
  const { result, source, close } = judged.right
  const { sequence, history } = source
  const drafted = draftPlan({
    ...{ replay: result, sequence, end: history.end, sample: options.sample, waves: options.waves },
    ...{ settled: settledIn(events), reasonFor: exceptions.reasonFor },
    readAccount: accountsAt(opened.ledger, sequence),
  })
  // What is planned from here on is read from the ledger.
  close()
  const unknown = exceptions.unmatched(drafted.rows)
  if (unknown.length > 0 && !options.allowUnknown) return unknownExceptions(unknown)
  if (drafted.rows.every((row) => exceptions.reasonFor(row) !== null)) {
    return refused(
      drafted.rows.length === 0
        ? 'there is nothing to plan: the replay found nothing to put back, and nothing for a person that people have not settled'
        : 'there is nothing to plan: every row is left out',
    )
  }
  const kept = await keep(opened, { drafted, exceptions: exceptions.all, blame: result.blame }, options)
  if (E.isLeft(kept)) return kept
  const recorded = await record(opened, kept.right, { ...options, sampled: drafted.sample.length })
  return E.map(
    (as: Recorded): PlannedRemediation => ({
      ...as,
      plan: kept.right.head,
      sampled: drafted.sample.length,
      unknown,
    }),
  )(recorded)
}

const closedText = (incidentId: string): string =>
  `incident ${incidentId} is closed; open another one with redress incident open`

const unknownExceptions = (unknown: ReadonlyArray<ListedException>): E.Either<AppError, never> => {
  const named = unknown.map((one) =>
    'account' in one ? `account ${one.account}` : `decision ${one.decisionId}`,
  )
  return E.left({
    kind: 'refused',
    message: `${countOf(unknown.length, 'exception names', 'exceptions name')} no row of the plan; correct the list, or accept that`,
    options: ['allowUnknown'],
    details: named.length <= SHOWN ? named : [...named.slice(0, SHOWN), `and ${named.length - SHOWN} more`],
  })
}

const SHOWN = 20

/** Stores a plan and all that it is made of. */
const keep = async (
  { vault }: OpenLedger,
  { drafted, exceptions, blame }: { readonly drafted: DraftedPlan } & Pick<Keeping, 'exceptions' | 'blame'>,
  { incidentId, correction, onPlanning }: PlanOptions,
): Promise<E.Either<AppError, KeptPlan>> => {
  const corrected = ledgerResult(await keepCorrection(vault, correction))
  if (E.isLeft(corrected)) return corrected
  const about = {
    incidentId,
    correctionSha256: hashOfCorrection(correction),
    correction: corrected.right,
  }
  return ledgerResult(await keepPlan(vault, drafted, { about, exceptions, blame, onProgress: onPlanning }))
}

type Recorded = Pick<PlannedRemediation, 'kind' | 'remediationId' | 'planSha256'>

/** Records the plan at the end of the incident's stream as it is now: notes may have been added while it was made. */
const record = async (
  { ledger, vault }: OpenLedger,
  { planSha256, head }: KeptPlan,
  { incidentId, by, sampled, clock, ...place }: PlanOptions & Pick<PlannedRemediation, 'sampled'>,
): Promise<E.Either<AppError, Recorded>> => {
  const read = await readIncident(ledger, incidentId, place)
  if (E.isLeft(read)) return read
  const { incident, stream, revision } = read.right
  if (incident.closed !== null) return refused(closedText(incidentId), 'incident')
  const { remediations } = incident
  const last = remediations.at(-1)
  if (last !== undefined) {
    const lastSha256 = last.planned.data.planSha256
    const isSame = ledgerResult(await isSamePlan(vault, lastSha256, planSha256))
    if (E.isLeft(isSame)) return isSame
    if (isSame.right) {
      return E.right({ kind: 'unchanged', remediationId: last.remediationId, planSha256: lastSha256 })
    }
  }
  const remediationId = remediationIdOf(incidentId, remediations.length + 1)
  const { digest, sequence, correctionSha256, waves, counts, exceptionsSha256 } = head
  const { accounts, reinstate, restore, annul, change, flags, review, excepted } = counts
  const act: Act = {
    type: 'remediation.planned.v1',
    ...{ stream, expectedRevision: revision, subject: incidentId },
    data: {
      ...{ remediationId, incidentId, digest, correctionSha256, sequence, planSha256, waves, by },
      counts: { accounts, reinstate, restore, annul, change, flags, review, excepted, sample: sampled },
      ...(exceptionsSha256 === null ? {} : { exceptionsSha256 }),
    },
  }
  return E.map((): Recorded => ({ kind: 'planned', remediationId, planSha256 }))(
    await recordAct(ledger, act, clock),
  )
}
