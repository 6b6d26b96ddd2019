import type { StoredEvent } from './event.ts'
import type { SampleVerdict } from './events/remediation-sampled.ts'
import { isSamePerson } from './person.ts'

type Planned = StoredEvent<'remediation.planned.v1'>
type Approved = StoredEvent<'remediation.approved.v1'>
type Reviewed = StoredEvent<'remediation.reviewed.v1'>
type Sampled = StoredEvent<'remediation.sampled.v1'>
type WaveStarted = StoredEvent<'remediation.wave_started.v1'>
type Paused = StoredEvent<'remediation.paused.v1'>
type Resumed = StoredEvent<'remediation.resumed.v1'>
type Ended = StoredEvent<'remediation.cancelled.v1' | 'remediation.completed.v1'>

/** A remediation, as the events of its incident say. */
export type Remediation = {
  readonly remediationId: string
  readonly planned: Planned
  /** The verdicts that count on each decision of the sample, by decision: at most three, of different people. */
  readonly verdicts: ReadonlyMap<string, ReadonlyArray<GivenVerdict>>
  /** How people settled rows that no replay could, by decision; the last word of each counts. */
  readonly reviewed: ReadonlyMap<string, Reviewed['data']>
  /** null: it is not approved. */
  readonly approved: Approved | null
  /** The waves that were started, from the first. */
  readonly waves: ReadonlyArray<WaveStarted>
  /** null: it goes on. */
  readonly paused: Paused | null
  /** null: it was neither cancelled nor completed. */
  readonly ended: Ended | null
}

/** What a person said of a decision of the sample. */
export type GivenVerdict = { readonly by: string; readonly verdict: SampleVerdict }

/** An event about a remediation. */
export type RemediationEvent =
  | Planned
  | Sampled
  | Reviewed
  | Approved
  | WaveStarted
  | Paused
  | Resumed
  | Ended

/**
 * The remediations of an incident, in the order of their plans, from the events of its stream. What breaks a rule changes
 * nothing.
 */
export const remediationsOf = (events: ReadonlyArray<StoredEvent>): ReadonlyArray<Remediation> => {
  const remediations = new Map<string, Growing>()
  let last: string | null = null
  for (const event of events) {
    switch (event.type) {
      case 'remediation.planned.v1': {
        const { remediationId } = event.data
        if (remediations.has(remediationId)) break
        remediations.set(remediationId, plannedBy(event))
        last = remediationId
        break
      }
      case 'remediation.sampled.v1':
      case 'remediation.reviewed.v1':
      case 'remediation.approved.v1':
      case 'remediation.wave_started.v1':
      case 'remediation.paused.v1':
      case 'remediation.resumed.v1':
      case 'remediation.cancelled.v1':
      case 'remediation.completed.v1': {
        const remediation = remediations.get(event.data.remediationId)
        // A plan is replaced by a later one.
        const isReplaced = event.data.remediationId !== last
        if (event.type === 'remediation.approved.v1' && isReplaced) break
        if (remediation !== undefined) grow(remediation, event)
      }
    }
  }
  return [...remediations.values()]
}

/** A remediation during its fold, which alone changes it: with copies, thousands of reviews would take minutes. */
type Growing = Remediation & {
  readonly verdicts: Map<string, ReadonlyArray<GivenVerdict>>
  readonly reviewed: Map<string, Reviewed['data']>
  readonly waves: WaveStarted[]
  approved: Approved | null
  paused: Paused | null
  ended: Ended | null
}

const plannedBy = (planned: Planned): Growing => ({
  remediationId: planned.data.remediationId,
  ...{ planned, verdicts: new Map(), reviewed: new Map(), approved: null },
  ...{ waves: [], paused: null, ended: null },
})

const grow = (remediation: Growing, event: Exclude<RemediationEvent, Planned>): void => {
  switch (event.type) {
    case 'remediation.sampled.v1': {
      const { decisionId, by, verdict } = event.data
      if (whyNotJudged(remediation, decisionId, by) !== null) return
      const given = remediation.verdicts.get(decisionId) ?? []
      remediation.verdicts.set(decisionId, [...given, { by, verdict }])
      return
    }
    case 'remediation.reviewed.v1':
      remediation.reviewed.set(event.data.decisionId, event.data)
      return
    case 'remediation.approved.v1':
      if (whyNotApproved(remediation, event.data) === null) remediation.approved = event
      return
    default:
      if (isGoingOn(remediation)) goOn(remediation, event)
  }
}

/** Whether it is approved and has not ended: nothing else can be carried out, paused or ended. */
const isGoingOn = ({ approved, ended }: Remediation): boolean => approved !== null && ended === null

const goOn = (remediation: Growing, event: WaveStarted | Paused | Resumed | Ended): void => {
  switch (event.type) {
    case 'remediation.wave_started.v1': {
      const isNext = event.data.wave === remediation.waves.length + 1
      if (isNext && remediation.paused === null) remediation.waves.push(event)
      return
    }
    case 'remediation.paused.v1':
      remediation.paused ??= event
      return
    case 'remediation.resumed.v1':
      remediation.paused = null
      return
    case 'remediation.cancelled.v1':
    case 'remediation.completed.v1':
      remediation.ended = event
  }
}

/** How far a remediation is. */
export type RemediationState = 'planned' | 'approved' | 'running' | 'paused' | 'cancelled' | 'completed'

export const stateOfRemediation = ({ approved, waves, paused, ended }: Remediation): RemediationState => {
  if (ended !== null) return ended.type === 'remediation.cancelled.v1' ? 'cancelled' : 'completed'
  if (paused !== null) return 'paused'
  if (approved === null) return 'planned'
  return waves.length === 0 ? 'approved' : 'running'
}

/** Why a person's verdict on a decision of the sample does not count. */
export type NotJudged = 'planned_it' | 'judged_before' | 'settled' | 'approved'

/** Why a person cannot judge a decision of the sample; null: they can. */
export const whyNotJudged = (
  { planned, verdicts, approved }: Remediation,
  decisionId: string,
  by: string,
): NotJudged | null => {
  const given = verdicts.get(decisionId) ?? []
  if (approved !== null) return 'approved'
  if (isSamePerson(by, planned.data.by)) return 'planned_it'
  if (given.some((one) => isSamePerson(one.by, by))) return 'judged_before'
  return finalVerdict(given) === null ? null : 'settled'
}

/** What a decision's verdicts come to: two that are equal, or else the third; null: more people must judge it. */
export const finalVerdict = ([first, second, third]: ReadonlyArray<GivenVerdict>): SampleVerdict | null => {
  if (first === undefined || second === undefined) return null
  return first.verdict === second.verdict ? first.verdict : (third?.verdict ?? null)
}

/** How far a sample is judged. */
export type SampleState = {
  /** Of decisions. */
  readonly size: number
  readonly settled: number
  /** Settled decisions that are not to be reversed, or may not be: `unsure` counts. */
  readonly disagreements: number
  /** The number of verdicts that count. */
  readonly verdicts: number
}

export const sampleState = ({ planned, verdicts }: Remediation): SampleState => {
  const given = [...verdicts.values()]
  const settled = given.map(finalVerdict).filter((verdict) => verdict !== null)
  return {
    size: planned.data.counts.sample,
    settled: settled.length,
    disagreements: settled.filter((verdict) => verdict !== 'agree').length,
    verdicts: given.reduce((sum, { length }) => sum + length, 0),
  }
}

/** What a person approves. */
export type Approval = Pick<Approved['data'], 'planSha256' | 'by' | 'tolerance'> & {
  readonly reason?: string | undefined
}

/** The rule that an approval breaks. */
export type NotApproved =
  | { readonly kind: 'approved_before'; readonly by: string }
  | { readonly kind: 'planned_it' }
  | { readonly kind: 'another_plan'; readonly planSha256: string }
  /** It asks for flags to be voided, and for nothing that can be sampled. */
  | { readonly kind: 'nothing_sampled_without_reason' }
  | { readonly kind: 'sample_not_judged'; readonly missing: number }
  | { readonly kind: 'too_many_disagreements'; readonly disagreements: number }
  | { readonly kind: 'tolerance_without_reason' }

/** Why a person cannot approve a remediation; null: they can. */
export const whyNotApproved = (
  remediation: Remediation,
  { planSha256, by, tolerance, reason }: Approval,
): NotApproved | null => {
  const { planned, approved } = remediation
  if (approved !== null) return { kind: 'approved_before', by: approved.data.by }
  if (isSamePerson(by, planned.data.by)) return { kind: 'planned_it' }
  if (planSha256 !== planned.data.planSha256)
    return { kind: 'another_plan', planSha256: planned.data.planSha256 }
  const { size, settled, disagreements } = sampleState(remediation)
  if (size === 0 && planned.data.counts.accounts > 0 && reason === undefined) {
    return { kind: 'nothing_sampled_without_reason' }
  }
  if (settled < size) return { kind: 'sample_not_judged', missing: size - settled }
  if (disagreements > tolerance) return { kind: 'too_many_disagreements', disagreements }
  return tolerance > 0 && reason === undefined ? { kind: 'tolerance_without_reason' } : null
}
