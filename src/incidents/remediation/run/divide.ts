import type { Account } from '../../../domain/account.ts'
import type { ReinstatementRequest } from '../../../domain/request.ts'
import { severity } from '../../../replay/reference/verdict.ts'
import { mootAppeals } from '../plan/effects.ts'
import type { AccountPlan, PlannedDecision } from '../plan/model.ts'
import type { JudgedAgain } from './judged-again.ts'
import { requestsFor, type WaveRequest } from './requests.ts'

/** A row of a plan that a wave does not ask for. `decisionId` is null for an account's standing strikes. */
type LeftRow = {
  readonly account: string
  readonly kind: PlannedDecision['kind'] | 'flags'
  readonly decisionId: string | null
}

/** One that another plan may ask for: the replay says something else now, or it is asked for already. */
type KeptRow = LeftRow & { readonly why: 'judged_otherwise' | 'asked_before' }

/** The rows of an account, or of a whole wave: each in exactly one of the lists. */
export type DividedRows = {
  readonly requests: ReadonlyArray<WaveRequest>
  /** Nothing is left to be done. */
  readonly settledElsewhere: ReadonlyArray<LeftRow>
  readonly kept: ReadonlyArray<KeptRow>
}

/** What is known of an account when its wave begins: its fold, and the requests on it. */
export type AccountNow = {
  readonly record: Account
  readonly earlier: ReadonlyArray<ReinstatementRequest>
}

/**
 * Divides the rows of an account: what is requested, was settled elsewhere, or is kept for another plan, because the remedy is
 * another one now or because it is asked for already. Facts alone, such as an open appeal, change nothing. Flags that are not
 * false any more are not voided. Pure.
 */
export const divideAccount = (
  { account, decisions, flags }: Pick<AccountPlan, 'account' | 'decisions' | 'flags'>,
  now: JudgedAgain,
  { record, earlier }: AccountNow,
): DividedRows => {
  const asked = askedIn(earlier)
  const requested: PlannedDecision[] = []
  const settledElsewhere: LeftRow[] = []
  const kept: KeptRow[] = []
  for (const planned of decisions) {
    const { kind, decisionId } = planned
    const row: LeftRow = { account, kind, decisionId }
    const again = now.decisions.get(decisionId)
    if (isSettled(planned, now)) settledElsewhere.push(row)
    else if (asked.decisions.has(decisionId)) kept.push({ ...row, why: 'asked_before' })
    else if (again === undefined || !isSame(planned, again)) kept.push({ ...row, why: 'judged_otherwise' })
    else requested.push({ ...planned, flagsVoided: both(planned.flagsVoided, again.flagsVoided) })
  }
  const row: LeftRow = { account, kind: 'flags', decisionId: null }
  const alone = flags.filter((flagId) => now.flags.has(flagId))
  const toVoid = alone.filter((flagId) => !asked.flags.has(flagId))
  if (flags.length > 0 && toVoid.length === 0) {
    if (alone.length > 0) kept.push({ ...row, why: 'asked_before' })
    else if (flags.some((flagId) => now.standing.has(flagId))) kept.push({ ...row, why: 'judged_otherwise' })
    else settledElsewhere.push(row)
  }
  const requests = requestsFor(account, { decisions: requested, flags: toVoid }, earlier, (decision) =>
    mootAppeals(record, [decision]),
  )
  return { requests, settledElsewhere, kept }
}

/** What open requests ask for, of whichever remediation. */
const askedIn = (earlier: AccountNow['earlier']) => {
  const open = earlier.flatMap(({ state, requested }) => (state === 'requested' ? [requested.data] : []))
  return {
    decisions: new Set<string>(open.flatMap(({ decisionIds }) => decisionIds)),
    flags: new Set<string>(open.flatMap(({ kind, flagsVoided }) => (kind === 'flags' ? flagsVoided : []))),
  }
}

/** Nothing is left to be done about it, or it is as mild as it was to become. */
const isSettled = ({ decisionId, to }: PlannedDecision, { open }: JudgedAgain): boolean => {
  const now = open.get(decisionId)
  return now === undefined || (to !== undefined && severity(now) <= severity(to))
}

const isSame = (planned: PlannedDecision, again: PlannedDecision): boolean =>
  planned.kind === again.kind && planned.remedy === again.remedy && planned.to === again.to

const both = (some: ReadonlyArray<string>, others: ReadonlyArray<string>): ReadonlyArray<string> => {
  const among = new Set(others)
  return some.filter((one) => among.has(one))
}
