import type { Place } from '../domain/order.ts'
import type { Restriction } from '../domain/parts.ts'
import type { Policy, Truth } from '../rules/ruleset.ts'
import { type EvidenceFor, isOnContent } from './evidence.ts'
import type { Decision, Flag } from './history.ts'
import type { Read, Reading } from './reading.ts'

/** What the rules say about a decision. `perhaps`: a severer restriction that an unknown policy might ask for. */
export type Verdict =
  | {
      readonly verdict: 'act'
      readonly restriction: Restriction | null
      readonly perhaps: Restriction | null
    }
  | { readonly verdict: 'none' | 'unknown'; readonly restriction: null; readonly perhaps: null }

export const noAction: Verdict = { verdict: 'none', restriction: null, perhaps: null }
export const unknownVerdict: Verdict = { verdict: 'unknown', restriction: null, perhaps: null }

/** `terminated` is severer than `suspended`. */
export const severity = (restriction: Restriction | null): number =>
  restriction === null ? 0 : restriction === 'suspended' ? 1 : 2

/** One policy's sum of strike points at a moment. */
export type PolicySum = {
  readonly policy: Policy
  /** Points of true flags, and of true and unknown ones. */
  readonly low: number
  readonly high: number
  /** Acts, does not, or can't be told. */
  readonly acts: Truth
  /** The flags that counted: of the policy's categories, unexpired, inside the window, true or unknown. */
  readonly counted: ReadonlyArray<{ readonly flag: Flag; readonly truth: Truth; readonly strikes: number }>
}

/** Whether a moment lies in a policy's half-open window before `at` (ms): `(at - within, at]` and later. */
export const inWindow = (policy: Policy, momentAt: number, at: number): boolean =>
  policy.within === null || momentAt > at - policy.within

/** Whether a flag's strike still counts at `at` (ms); at the instant of expiry it does not. */
export const isUnexpired = (expiresAfter: number | null, flagAt: number, at: number): boolean =>
  expiresAfter === null || flagAt + expiresAfter > at

/** Adds up a policy over flags. `missing`: evidence is missing that could have carried it. */
export const sumPolicy = (
  policy: Policy,
  flags: ReadonlyArray<Flag>,
  read: Read,
  at: number,
  missing: boolean,
): PolicySum => {
  let low = 0
  let high = 0
  const counted: { flag: Flag; truth: Truth; strikes: number }[] = []
  for (const flag of flags) {
    const reading = read(flag)
    if (!counts(policy, flag, reading, at)) continue
    const { strikes } = reading.rule
    if (reading.truth === 'true') low += strikes
    high += strikes
    counted.push({ flag, truth: reading.truth, strikes })
  }
  if (missing) high = Math.max(high, low + policy.atLeast)
  const acts: Truth = low >= policy.atLeast ? 'true' : high < policy.atLeast ? 'false' : 'unknown'
  return { policy, low, high, acts, counted }
}

const counts = (
  policy: Policy,
  flag: Flag,
  reading: Reading,
  at: number,
): reading is Reading & { rule: NonNullable<Reading['rule']> } =>
  reading.truth !== 'false' &&
  reading.rule !== null &&
  reading.rule.strikes > 0 &&
  isUnexpired(reading.rule.strikesExpireAfter, flag.place.at, at) &&
  inWindow(policy, flag.place.at, at) &&
  (policy.categories === null || policy.categories.has(reading.rule.category))

/** The sums of all policies for a deactivation at `moment`. */
export const sumPolicies = (
  policies: ReadonlyArray<Policy>,
  evidence: EvidenceFor,
  read: Read,
  moment: Place,
): ReadonlyArray<PolicySum> => {
  const missingGround = evidence.missingGrounds.length > 0 || evidence.unjudgeable.length > 0
  const lost = evidence.flags.filter((flag) => read(flag).lost)
  return policies.map((policy) => {
    const missing = missingGround || lost.some((flag) => inWindow(policy, flag.place.at, moment.at))
    return sumPolicy(policy, evidence.flags, read, moment.at, missing)
  })
}

/** What the policies' sums say: the severest of those that act, and perhaps of those that can't be told. */
export const verdictOfPolicies = (sums: ReadonlyArray<PolicySum>): Verdict => {
  const restriction = severest(sums, 'true')
  const unsure = severest(sums, 'unknown')
  if (restriction === null) return unsure === null ? noAction : unknownVerdict
  return { verdict: 'act', restriction, perhaps: severity(unsure) > severity(restriction) ? unsure : null }
}

const severest = (sums: ReadonlyArray<PolicySum>, acts: Truth): Restriction | null => {
  let found: Restriction | null = null
  for (const sum of sums) {
    if (sum.acts === acts && severity(sum.policy.restriction) > severity(found))
      found = sum.policy.restriction
  }
  return found
}

/** The flags that speak for a removal: on its content, by a rule that removes, or by a human it names as a ground. */
export const flagsForRemoval = (decision: Decision, evidence: EvidenceFor, read: Read): ReadonlyArray<Flag> =>
  evidence.flags.filter(
    (flag) =>
      isOnContent(flag, decision) &&
      (read(flag).rule?.removesContent === true ||
        (flag.data.detector.kind === 'human' && decision.data.grounds.includes(flag.data.flagId))),
  )

/** What the rules say about a removal. */
export const verdictOfRemoval = (decision: Decision, evidence: EvidenceFor, read: Read): Verdict => {
  const truths = flagsForRemoval(decision, evidence, read).map((flag) => read(flag).truth)
  if (truths.includes('true')) return { verdict: 'act', restriction: null, perhaps: null }
  const missing =
    evidence.missingGrounds.length > 0 ||
    evidence.unjudgeable.length > 0 ||
    evidence.flags.some((flag) => isOnContent(flag, decision) && read(flag).lost)
  return truths.includes('unknown') || missing ? unknownVerdict : noAction
}
