import type { Place } from '../../domain/order.ts'
import type { Restriction } from '../../domain/parts.ts'
import type { Policy, Rule, Truth } from '../../rulesets/ruleset.ts'
import type { PlacedFlag } from '../model/history.ts'
import type { EvidenceFor } from './evidence.ts'
import type { Read, Reading } from './reading.ts'

/** What the rules say about a decision. `perhaps`: a more severe restriction that an unknown policy might ask for. */
export type Verdict =
  | {
      readonly verdict: 'act'
      readonly restriction: Restriction | null
      readonly perhaps: Restriction | null
    }
  | { readonly verdict: 'none' | 'unknown'; readonly restriction: null; readonly perhaps: null }

export const noAction: Verdict = { verdict: 'none', restriction: null, perhaps: null }
export const unknownVerdict: Verdict = { verdict: 'unknown', restriction: null, perhaps: null }

/** `terminated` is more severe than `suspended`. */
export const severity = (restriction: Restriction | null): number =>
  restriction === null ? 0 : restriction === 'suspended' ? 1 : 2

/** The result of one policy's points at a moment. */
export type PolicyAnswer = {
  readonly policy: Policy
  /** Points of true flags, and of true and unknown ones. */
  readonly low: number
  readonly high: number
  /** Whether it acts, or unknown. */
  readonly acts: Truth
}

/** The same, with the flags that were added up. */
export type PolicySum = PolicyAnswer & {
  /** The flags that counted: of the policy's categories, unexpired, inside the window, true or unknown. */
  readonly counted: ReadonlyArray<{
    readonly flag: PlacedFlag
    readonly truth: Truth
    readonly strikes: number
  }>
}

/** `isMissing`: evidence is missing that could have carried the policy. */
export const policyAnswer = (policy: Policy, low: number, high: number, isMissing: boolean): PolicyAnswer => {
  const most = isMissing ? Math.max(high, low + policy.atLeast) : high
  const acts = low >= policy.atLeast ? 'true' : most < policy.atLeast ? 'false' : 'unknown'
  return { policy, low, high: most, acts }
}

/** A reading whose strikes may count. */
export type Counting = Reading & { readonly rule: Rule }

/** Whether a policy counts a reading, while it is in time. */
export const isCounted = (policy: Policy, reading: Reading): reading is Counting =>
  reading.truth !== 'false' &&
  reading.rule !== null &&
  reading.rule.strikes > 0 &&
  (policy.categories === null || policy.categories.has(reading.rule.category))

/** How long after its flag a reading bears on a policy, in ms: the window, and the life of its strikes; null: forever. */
export const lifetimeIn = (policy: Policy, { rule }: Pick<Reading, 'rule'>): number | null => {
  const expiry = rule?.strikesExpireAfter ?? null
  if (policy.within === null || expiry === null) return policy.within ?? expiry
  return Math.min(policy.within, expiry)
}

/** Whether a flag still counts at `at` (ms); at the exact end of its lifetime it does not. */
export const isInTime = (lifetime: number | null, flagAt: number, at: number): boolean =>
  lifetime === null || flagAt + lifetime > at

/** The flags in evidence for a decision at a moment, as read by one answer. */
export type EvidenceRead = {
  readonly evidence: EvidenceFor
  readonly flags: ReadonlyArray<PlacedFlag>
  readonly read: Read
  readonly moment: Place
}

/** The sums of all policies for a deactivation. */
export const sumPolicies = (
  policies: ReadonlyArray<Policy>,
  { evidence, flags, read, moment }: EvidenceRead,
): ReadonlyArray<PolicySum> => {
  const missingGround = evidence.missingGrounds.length > 0 || evidence.unjudgeable.length > 0
  return policies.map((policy) => {
    let low = 0
    let high = 0
    let isMissing = missingGround
    const counted: PolicySum['counted'][number][] = []
    for (const flag of flags) {
      const reading = read(flag)
      if (!isInTime(lifetimeIn(policy, reading), flag.place.at, moment.at)) continue
      if (reading.lost) isMissing = true
      if (!isCounted(policy, reading)) continue
      const { strikes } = reading.rule
      if (reading.truth === 'true') low += strikes
      high += strikes
      counted.push({ flag, truth: reading.truth, strikes })
    }
    return { ...policyAnswer(policy, low, high, isMissing), counted }
  })
}

/** What the policies' sums say: the most severe restriction of those that act, and perhaps of the unknown ones. */
export const verdictOfPolicies = (sums: ReadonlyArray<PolicyAnswer>): Verdict => {
  const restriction = mostSevere(sums, 'true')
  const unsure = mostSevere(sums, 'unknown')
  if (restriction === null) return unsure === null ? noAction : unknownVerdict
  return { verdict: 'act', restriction, perhaps: severity(unsure) > severity(restriction) ? unsure : null }
}

const mostSevere = (sums: ReadonlyArray<PolicyAnswer>, acts: Truth): Restriction | null => {
  let found: Restriction | null = null
  for (const sum of sums) {
    if (sum.acts === acts && severity(sum.policy.restriction) > severity(found))
      found = sum.policy.restriction
  }
  return found
}
