import { comparePlaces, compareUtf8 } from '../../domain/order.ts'
import { formatInstant } from '../../domain/time.ts'
import type { Correction } from '../correction/correction.ts'
import type { PlacedFlag, VoidedAt } from '../model/history.ts'
import { anyInEvidence, isVoidedFor } from '../reference/evidence.ts'
import type { Judgement } from '../reference/judge.ts'
import type { JudgingContext } from '../reference/judging-context.ts'
import { canBeRescored, canBeSettled } from '../reference/withdrawn.ts'

/** A flag that a detector must look at again: what was recorded with it, and the withdrawals that leave it unknown. */
type RescoreRequest = {
  readonly account: string
  readonly flagId: string
  /** RFC 3339 in UTC, to the millisecond. */
  readonly occurredAt: string
  readonly content: NonNullable<PlacedFlag['data']['content']>
  readonly category: string
  /** The id of its rule. */
  readonly rule: string
  readonly detector: PlacedFlag['data']['detector']
  readonly signals: PlacedFlag['data']['signals']
  readonly withdrawals: ReadonlyArray<string>
}

/** What rescorings would settle. */
export type RescoreList = {
  /** By account and flagId (UTF-8). */
  readonly requests: ReadonlyArray<RescoreRequest>
  /** The number of decisions that wait for one of them. */
  readonly waiting: number
  /** The number of flags that are in the same state, but that no rescoring can settle: people must look at them. */
  readonly unanswerable: number
}

/** Collects what rescorings would settle, for parts of a history. */
export const collectRescoreList = ({ rescored }: Pick<Correction, 'rescored'>) => {
  const requests: RescoreRequest[] = []
  let waiting = 0
  let unanswerable = 0
  /**
   * Adds the flags that withdrawals leave unknown and that are in evidence for a reported decision on which B is unknown.
   * `reported` must be in order.
   */
  const add = (reported: ReadonlyArray<Judgement>, context: JudgingContext): void => {
    const { history, evidenceOf } = context
    const unsettled = reported.filter(
      (judgement) => judgement.corrected.verdict === 'unknown' && judgement.touched.withdrawn,
    )
    for (const [account, judgements] of Map.groupBy(unsettled, ({ decision }) => decision.account)) {
      const isInEvidence = inEvidenceForAny(judgements, history.voidedAt)
      const flags = (history.accounts.get(account)?.flags ?? []).filter(
        (flag) => evidenceOf(flag).limit === 'unknown' && isInEvidence(flag),
      )
      const isAnswerable = answerableBy(judgements, context)
      const asked = rescored === 'use' ? flags.filter(isAnswerable) : []
      const isWaiting = anyInEvidence(asked, history.voidedAt)
      waiting += judgements.filter(({ decision, evidence }) => isWaiting(decision, evidence)).length
      unanswerable += flags.length - asked.length
      for (const flag of asked) requests.push(...requestFor(flag, context))
    }
  }
  const finish = (): RescoreList => ({
    requests: requests.sort((a, b) => compareUtf8(a.account, b.account) || compareUtf8(a.flagId, b.flagId)),
    waiting,
    unanswerable,
  })
  return { add, finish }
}

/** Whether some rescoring could change how true a flag is for any of an account's decisions. */
const answerableBy = (
  judgements: ReadonlyArray<Judgement>,
  { corrected, evidenceOf }: JudgingContext,
): ((flag: PlacedFlag) => boolean) => {
  const rulesets = new Set(judgements.map(({ decision }) => corrected.rulesetFor(decision)))
  const reads = [...rulesets].map(corrected.read)
  return (flag) =>
    canBeRescored(flag, corrected.id) &&
    flag.data.content !== undefined &&
    evidenceOf(flag).withdrawals.every(canBeSettled) &&
    // Without a rule, such as one of a version that was never published, signals say nothing.
    reads.some((read) => read(flag).rule !== null)
}

/** Whether a flag is in evidence for any of an account's decisions, which are in order. */
const inEvidenceForAny = (
  judgements: ReadonlyArray<Judgement>,
  voidedAt: VoidedAt,
): ((flag: PlacedFlag) => boolean) => {
  const late = new Set(judgements.flatMap(({ evidence }) => evidence.lateGrounds))
  return (flag) => {
    // What is voided before the next decision is voided before all later ones too.
    let [low, high] = [0, judgements.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = judgements[middle]
      if (other !== undefined && comparePlaces(other.decision.place, flag.place) <= 0) low = middle + 1
      else high = middle
    }
    const next = judgements[low]
    return late.has(flag) || (next !== undefined && !isVoidedFor(flag, next.decision.place, voidedAt))
  }
}

const requestFor = (flag: PlacedFlag, { evidenceOf }: JudgingContext): ReadonlyArray<RescoreRequest> => {
  const { place, account, data } = flag
  if (data.content === undefined || data.rule === undefined) return []
  return [
    {
      account,
      flagId: data.flagId,
      occurredAt: formatInstant(place.at),
      content: data.content,
      category: data.category,
      rule: data.rule.id,
      detector: data.detector,
      signals: data.signals,
      withdrawals: evidenceOf(flag)
        .withdrawals.filter(({ answered }) => !answered)
        .map(({ withdrawal }) => withdrawal.id),
    },
  ]
}
