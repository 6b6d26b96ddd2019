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

/** What the sums depend on. */
export type TallyOptions = {
  readonly policies: ReadonlyArray<Policy>
  readonly read: Read
  readonly voidedAt: VoidedAt
}

/** Decisions must be queried in order. */
export const tallyOf = (account: AccountHistory, options: TallyOptions): Tally => {
  const { flags } = account
  const voids = voidsOf(flags, options.voidedAt)
  // Many accounts have only removals, or only deactivations.
  let sums: PolicySums | undefined
  let counts: ContentCounts | undefined
  return {
    deactivation: (decision, evidence) => {
      sums ??= policySums(flags, voids, options)
      return sums(decision, evidence)
    },
    removal: (decision, evidence) => {
      counts ??= contentCounts(flags, voids, options)
      return counts(decision, evidence)
    },
  }
}

/** Enters flags and voids as time passes: moments must not decrease. */
const passing = (
  flags: ReadonlyArray<PlacedFlag>,
  voids: ReadonlyArray<Void>,
  { voidedAt }: TallyOptions,
  enter: (flag: PlacedFlag, index: number) => void,
  leave: (index: number) => void,
): ((moment: Place) => void) => {
  let entered = 0
  let voided = 0
  return (moment) => {
    for (let flag = flags[entered]; flag !== undefined; flag = flags[++entered]) {
      if (comparePlaces(flag.place, moment) >= 0) break
      if (!isVoidedFor(flag, flag.place, voidedAt)) enter(flag, entered)
    }
    for (let void_ = voids[voided]; void_ !== undefined; void_ = voids[++voided]) {
      if (comparePlaces(void_.place, moment) >= 0) break
      leave(void_.index)
    }
  }
}

/** One policy's current sum, and what will leave it over time. */
type Running = {
  readonly policy: Policy
  low: number
  high: number
  lost: number
  /** What it counts, by the flag's index. */
  readonly counted: (Reading | undefined)[]
  /** By lifetime in ms; the flags' indexes, oldest first. */
  readonly leaving: { readonly lifetime: number; readonly indexes: number[]; next: number }[]
}

type PolicySums = Tally['deactivation']

const policySums = (
  flags: ReadonlyArray<PlacedFlag>,
  voids: ReadonlyArray<Void>,
  options: TallyOptions,
): PolicySums => {
  const { policies, read } = options
  const sums = policies.map(
    (policy): Running => ({ policy, low: 0, high: 0, lost: 0, counted: [], leaving: [] }),
  )
  const enter = (flag: PlacedFlag, index: number): void => {
    const reading = read(flag)
    for (const sum of sums) {
      if (!bears(sum.policy, reading)) continue
      add(sum, reading, 1)
      sum.counted[index] = reading
      const lifetime = lifetimeIn(sum.policy, reading)
      if (lifetime !== null) queueFor(sum, lifetime).push(index)
    }
  }
  const leaveOne = (sum: Running, index: number): void => {
    const reading = sum.counted[index]
    if (reading === undefined) return
    add(sum, reading, -1)
    sum.counted[index] = undefined
  }
  const pass = passing(flags, voids, options, enter, (index) => {
    for (const sum of sums) leaveOne(sum, index)
  })
  const expire = (moment: Place): void => {
    for (const sum of sums) {
      for (const queue of sum.leaving) {
        for (
          let index = queue.indexes[queue.next];
          index !== undefined;
          index = queue.indexes[++queue.next]
        ) {
          if (isInTime(queue.lifetime, flags[index]?.place.at ?? 0, moment.at)) break
          leaveOne(sum, index)
        }
      }
    }
  }
  return ({ place }, { missingGrounds, unjudgeable, lateGrounds }) => {
    pass(place)
    expire(place)
    const isMissing = missingGrounds.length > 0 || unjudgeable.length > 0
    return sums.map(({ policy, low, high, lost }) => {
      const sum = { low, high, lost }
      for (const flag of lateGrounds) {
        const reading = read(flag)
        if (bears(policy, reading) && isInTime(lifetimeIn(policy, reading), flag.place.at, place.at)) {
          add(sum, reading, 1)
        }
      }
      return policyAnswer(policy, sum.low, sum.high, isMissing || sum.lost > 0)
    })
  }
}

/** Whether a reading counts in a policy's sum, or may have counted, while it is in time. */
const bears = (policy: Policy, reading: Reading): boolean => reading.lost || isCounted(policy, reading)

const add = (sum: { low: number; high: number; lost: number }, reading: Reading, sign: 1 | -1): void => {
  if (reading.lost) {
    sum.lost += sign
    return
  }
  const points = sign * (reading.rule?.strikes ?? 0)
  if (reading.truth === 'true') sum.low += points
  sum.high += points
}

const queueFor = ({ leaving }: Running, lifetime: number): number[] => {
  const known = leaving.find((queue) => queue.lifetime === lifetime)
  if (known !== undefined) return known.indexes
  const indexes: number[] = []
  leaving.push({ lifetime, indexes, next: 0 })
  return indexes
}

/** How many flags on one piece of content speak for its removal. */
type OnContent = { true: number; unknown: number; lost: number }

type ContentCounts = Tally['removal']

const contentCounts = (
  flags: ReadonlyArray<PlacedFlag>,
  voids: ReadonlyArray<Void>,
  options: TallyOptions,
): ContentCounts => {
  const { read, voidedAt } = options
  const contents = new Map<string, OnContent>()
  /** By the flag's index. */
  const counted: ({ readonly on: OnContent; readonly as: keyof OnContent } | undefined)[] = []
  const enter = (flag: PlacedFlag, index: number): void => {
    const as = removalPart(read(flag))
    if (as === null || flag.data.content === undefined) return
    const key = contentKey(flag.data.content)
    const on = contents.get(key) ?? { true: 0, unknown: 0, lost: 0 }
    on[as]++
    contents.set(key, on)
    counted[index] = { on, as }
  }
  const pass = passing(flags, voids, options, enter, (index) => {
    const found = counted[index]
    if (found !== undefined) found.on[found.as]--
    counted[index] = undefined
  })
  return (decision, { grounds, lateGrounds, missingGrounds, unjudgeable }) => {
    pass(decision.place)
    const on = decision.kind === 'removal' ? contents.get(contentKey(decision.data.content)) : undefined
    const counts = { true: on?.true ?? 0, unknown: on?.unknown ?? 0, lost: on?.lost ?? 0 }
    for (const flag of grounds) {
      if (!isOnContent(flag, decision) || isVoidedFor(flag, decision.place, voidedAt)) continue
      const isByHuman = flag.data.detector.kind === 'human'
      const isLate = lateGrounds.includes(flag)
      if (!isByHuman && !isLate) continue
      const reading = read(flag)
      const as = isByHuman && reading.truth !== 'false' ? reading.truth : isLate ? removalPart(reading) : null
      if (as !== null) counts[as]++
    }
    if (counts.true > 0) return removes
    const isMissing = missingGrounds.length > 0 || unjudgeable.length > 0 || counts.lost > 0
    return counts.unknown > 0 || isMissing ? unknownVerdict : noAction
  }
}

const removes: Verdict = { verdict: 'act', restriction: null, perhaps: null }

const removalPart = ({ lost, rule, truth }: Reading): keyof OnContent | null =>
  lost ? 'lost' : rule?.removesContent === true && truth !== 'false' ? truth : null

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
