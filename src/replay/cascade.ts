import { comparePlaces, type Place } from '../domain/order.ts'
import { instantOf } from '../domain/time.ts'
import type { Truth } from '../rules/ruleset.ts'
import { lastUntil, withdrawn } from './aftermath.ts'
import type { Deactivation, Decision, Flag, History } from './history.ts'
import { type Bench, isWrongful, type Judgement, judgeAccount } from './judge.ts'
import type { Read } from './reading.ts'

/** All judgements once the cascades have come to rest. */
export type Judged = {
  readonly byDecision: ReadonlyMap<string, Judgement>
  readonly readCorrected: Read
}

/** A decision's end in ms as last changed; null: none. */
export const endOf = (decision: Decision, history: History): number | null =>
  lastUntil(
    decision.kind === 'deactivation' && decision.data.until !== undefined
      ? instantOf(decision.data.until)
      : null,
    history.aftermathOf(decision.data.decisionId),
  )

/** Whether a deactivation holds its account at a moment. */
export const holdsAt = (
  decision: Deactivation,
  moment: Place,
  history: History,
  byDecision: ReadonlyMap<string, Judgement>,
): boolean => {
  if (comparePlaces(decision.place, moment) >= 0) return false
  const judgement = byDecision.get(decision.data.decisionId)
  if (judgement !== undefined && isWrongful(judgement.class)) return false
  const { reversals } = history.aftermathOf(decision.data.decisionId)
  if (reversals.some(({ place }) => comparePlaces(place, moment) < 0)) return false
  const end = endOf(decision, history)
  return end === null || end > moment.at
}

/** The ids of the decisions that one rests on, by the flags that exist because of them, over any number of steps. */
export const rootsOf = (
  decision: Decision,
  history: Pick<History, 'flags' | 'decisions'>,
): ReadonlySet<string> => {
  const roots = new Set<string>()
  const open = [decision]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const flagId of next.data.grounds) {
      for (const root of history.flags.get(flagId)?.data.becauseOf ?? []) {
        if (roots.has(root)) continue
        roots.add(root)
        const further = history.decisions.get(root)
        if (further !== undefined) open.push(further)
      }
    }
  }
  return roots
}

const rank: Readonly<Record<Truth, number>> = { false: 0, unknown: 1, true: 2 }
const lower = (a: Truth, b: Truth): Truth => (rank[a] <= rank[b] ? a : b)

/**
 * Judges every account, first with no cascade, then again wherever a flag fell with a decision that it exists
 * because of, until nothing changes. Truth only falls, so the end does not depend on the order of work.
 */
export const judgeAll = (
  history: History,
  bench: Omit<Bench, 'history' | 'readCorrected'>,
  read: Read,
): Judged => {
  const caps = new Map<Flag, Truth>()
  const readCorrected: Read = (flag) => {
    const reading = read(flag)
    const cap = caps.get(flag)
    return cap === undefined ? reading : { ...reading, truth: lower(reading.truth, cap), cap }
  }
  const fullBench: Bench = { ...bench, history, readCorrected }
  const byDecision = new Map<string, Judgement>()
  const judge = (account: string): void => {
    const found = history.accounts.get(account)
    if (found === undefined) return
    for (const judgement of judgeAccount(fullBench, found)) {
      byDecision.set(judgement.decision.data.decisionId, judgement)
    }
  }

  for (const account of history.accounts.keys()) judge(account)

  const dependents = flagsByRootAccount(history)
  let open = new Set([...dependents.values()].flat())
  while (open.size > 0) {
    const touched = new Set<string>()
    for (const flag of open) {
      const before = caps.get(flag) ?? 'true'
      const cap = lower(before, capOf(flag, history, byDecision))
      caps.set(flag, cap)
      if (cap !== before) touched.add(flag.account)
    }
    open = new Set()
    for (const account of touched) {
      judge(account)
      for (const flag of dependents.get(account) ?? []) open.add(flag)
    }
  }
  return { byDecision, readCorrected }
}

/** The flags that exist because of decisions, by the accounts of those decisions (`''`: of none in the ledger). */
const flagsByRootAccount = (history: History): ReadonlyMap<string, ReadonlyArray<Flag>> => {
  const dependents = new Map<string, Flag[]>()
  for (const flag of history.flags.values()) {
    for (const root of flag.data.becauseOf ?? []) {
      const account = history.decisions.get(root)?.account ?? ''
      const flags = dependents.get(account)
      if (flags === undefined) dependents.set(account, [flag])
      else flags.push(flag)
    }
  }
  return dependents
}

/** The truest of the decisions that a flag exists because of. */
const capOf = (flag: Flag, history: History, byDecision: ReadonlyMap<string, Judgement>): Truth => {
  let cap: Truth = 'false'
  for (const root of flag.data.becauseOf ?? []) {
    const truth = truthOfRoot(root, flag.place, history, byDecision)
    if (rank[truth] > rank[cap]) cap = truth
  }
  return cap
}

/** How true a decision leaves the flags that exist because of it, for a flag at `moment`. */
const truthOfRoot = (
  root: string,
  moment: Place,
  history: History,
  byDecision: ReadonlyMap<string, Judgement>,
): Truth => {
  const judgement = byDecision.get(root)
  if (judgement !== undefined && isWrongful(judgement.class)) {
    return banHeldBeside(judgement.decision, moment, history, byDecision) ? 'unknown' : 'false'
  }
  if (withdrawn(history.aftermathOf(root))) return 'unknown'
  if (judgement === undefined) return 'true'
  return judgement.original.verdict === 'unknown' || judgement.corrected.verdict === 'unknown'
    ? 'unknown'
    : 'true'
}

/** Whether another ban held the account at the moment, so that there was one to evade after all. */
const banHeldBeside = (
  root: Decision,
  moment: Place,
  history: History,
  byDecision: ReadonlyMap<string, Judgement>,
): boolean =>
  (history.accounts.get(root.account)?.decisions ?? []).some(
    (other) =>
      other !== root &&
      other.kind === 'deactivation' &&
      holdsAt(other, moment, history, byDecision) &&
      !rootsOf(other, history).has(root.data.decisionId),
  )
