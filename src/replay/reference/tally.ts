import { comparePlaces, type Place } from '../../domain/order.ts'
import type { Policy } from '../../rulesets/ruleset.ts'
import {
  type AccountHistory,
  contentKey,
  type PlacedDecision,
  type PlacedFlag,
  type VoidedAt,
} from '../model/history.ts'
import { type EvidenceFor, isOnContent, isVoidedFor } from './evidence.ts'
import type { Read, Reading } from './reading.ts'
import {
  isCounted,
  isInTime,
  lifetimeIn,
  noAction,
  type PolicyAnswer,
  policyAnswer,
  unknownVerdict,
  type Verdict,
} from './verdict.ts'

/**
 * The sums of one account's flags, carried from one decision to the next in the order of time, so that the cost of an
 * account is its number of flags plus decisions, not their product. `sumPolicies` gives the same for one decision.
 */
export type Tally = {
  /** What each policy says of a deactivation. */
  readonly deactivation: (decision: PlacedDecision, evidence: EvidenceFor) => ReadonlyArray<PolicyAnswer>
  readonly removal: (decision: PlacedDecision, evidence: EvidenceFor) => Verdict
}

/** A flag's part in a policy's sum: points that are true, points that may be true, and whether it was lost. */
type Part = { readonly low: number; readonly high: number; readonly lost: number }

/** One policy's current sum, and what will leave it over time: by lifetime in ms, oldest first. */
type Running = {
  readonly policy: Policy
  low: number
  high: number
  lost: number
  /** By the flag's index; absent if it does not count, or no longer counts. */
  readonly parts: Map<number, Part>
  readonly leaving: Map<number, { readonly indexes: number[]; next: number }>
}

/** How many flags on one piece of content speak for its removal. */
type OnContent = { true: number; unknown: number; lost: number }

/** What the sums depend on. */
export type TallyOptions = {
  readonly policies: ReadonlyArray<Policy>
  readonly read: Read
  readonly voidedAt: VoidedAt
}

/** Decisions must be queried in order. */
export const tallyOf = ({ flags }: AccountHistory, { policies, read, voidedAt }: TallyOptions): Tally => {
  const sums = policies.map(
    (policy): Running => ({ policy, low: 0, high: 0, lost: 0, parts: new Map(), leaving: new Map() }),
  )
  const contents = new Map<string, OnContent>()
  const countedAs = new Map<number, { readonly on: OnContent; readonly as: keyof OnContent }>()
  const voids = voidsOf(flags, voidedAt)
  let entered = 0
  let voided = 0

  const enter = (index: number, flag: PlacedFlag): void => {
    if (isVoidedFor(flag, flag.place, voidedAt)) return
    const reading = read(flag)
    for (const sum of sums) {
      const part = partIn(sum.policy, reading)
      if (part === null) continue
      add(sum, part, 1)
      sum.parts.set(index, part)
      const lifetime = lifetimeIn(sum.policy, reading)
      if (lifetime !== null) queueFor(sum, lifetime).push(index)
    }
    const as = removalPart(reading)
    if (as === null || flag.data.content === undefined) return
    const key = contentKey(flag.data.content)
    const on = contents.get(key) ?? { true: 0, unknown: 0, lost: 0 }
    on[as]++
    contents.set(key, on)
    countedAs.set(index, { on, as })
  }
  const leave = (sum: Running, index: number): void => {
    const part = sum.parts.get(index)
    if (part === undefined) return
    add(sum, part, -1)
    sum.parts.delete(index)
  }
  const advance = (moment: Place): void => {
    for (let flag = flags[entered]; flag !== undefined; flag = flags[++entered]) {
      if (comparePlaces(flag.place, moment) >= 0) break
      enter(entered, flag)
    }
    for (const sum of sums) {
      for (const [lifetime, queue] of sum.leaving) {
        for (
          let index = queue.indexes[queue.next];
          index !== undefined;
          index = queue.indexes[++queue.next]
        ) {
          if (isInTime(lifetime, flags[index]?.place.at ?? 0, moment.at)) break
          leave(sum, index)
        }
      }
    }
    for (let void_ = voids[voided]; void_ !== undefined; void_ = voids[++voided]) {
      if (comparePlaces(void_.place, moment) >= 0) break
      for (const sum of sums) leave(sum, void_.index)
      const counted = countedAs.get(void_.index)
      if (counted === undefined) continue
      counted.on[counted.as]--
      countedAs.delete(void_.index)
    }
  }

  return {
    deactivation: (decision, evidence) => {
      advance(decision.place)
      const isMissing = evidence.missingGrounds.length > 0 || evidence.unjudgeable.length > 0
      return sums.map(({ policy, low, high, lost }) => {
        const sum = { low, high, lost }
        for (const flag of evidence.lateGrounds) {
          const reading = read(flag)
          const part = partIn(policy, reading)
          if (part !== null && isInTime(lifetimeIn(policy, reading), flag.place.at, decision.place.at)) {
            add(sum, part, 1)
          }
        }
        return policyAnswer(policy, sum.low, sum.high, isMissing || sum.lost > 0)
      })
    },
    removal: (decision, evidence) => {
      advance(decision.place)
      const on = decision.kind === 'removal' ? contents.get(contentKey(decision.data.content)) : undefined
      const counts = { true: 0, unknown: 0, lost: 0, ...on }
      for (const flag of evidence.grounds) {
        if (!isOnContent(flag, decision) || isVoidedFor(flag, decision.place, voidedAt)) continue
        const reading = read(flag)
        const isLate = evidence.lateGrounds.includes(flag)
        const as =
          flag.data.detector.kind === 'human' && reading.truth !== 'false'
            ? reading.truth
            : isLate
              ? removalPart(reading)
              : null
        if (as !== null) counts[as]++
      }
      if (counts.true > 0) return { verdict: 'act', restriction: null, perhaps: null }
      const isMissing =
        evidence.missingGrounds.length > 0 || evidence.unjudgeable.length > 0 || counts.lost > 0
      return counts.unknown > 0 || isMissing ? unknownVerdict : noAction
    },
  }
}

const add = (sum: { low: number; high: number; lost: number }, part: Part, sign: 1 | -1): void => {
  sum.low += sign * part.low
  sum.high += sign * part.high
  sum.lost += sign * part.lost
}

const partIn = (policy: Policy, reading: Reading): Part | null => {
  if (reading.lost) return { low: 0, high: 0, lost: 1 }
  if (!isCounted(policy, reading)) return null
  const { strikes } = reading.rule
  return { low: reading.truth === 'true' ? strikes : 0, high: strikes, lost: 0 }
}

const removalPart = ({ lost, rule, truth }: Reading): keyof OnContent | null =>
  lost ? 'lost' : rule?.removesContent === true && truth !== 'false' ? truth : null

const queueFor = (sum: Running, lifetime: number): number[] => {
  const known = sum.leaving.get(lifetime)
  if (known !== undefined) return known.indexes
  const indexes: number[] = []
  sum.leaving.set(lifetime, { indexes, next: 0 })
  return indexes
}

type Void = { readonly place: Place; readonly index: number }

/** The voided flags, the first to be voided first. */
const voidsOf = (flags: ReadonlyArray<PlacedFlag>, voidedAt: VoidedAt): ReadonlyArray<Void> => {
  const voids: Void[] = []
  for (const [index, flag] of flags.entries()) {
    const place = voidedAt(flag)
    if (place !== undefined) voids.push({ place, index })
  }
  return voids.sort((a, b) => comparePlaces(a.place, b.place))
}
