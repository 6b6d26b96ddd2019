import { comparePlaces, type Place } from '../../domain/order.ts'
import type { History, PlacedDecision, PlacedFlag } from '../model/history.ts'
import type { JudgementSoFar } from './judge.ts'

/** What depends on decisions. */
export type Dependents = {
  /** The flags that exist because of an account's decisions (of `''`: of decisions not in the ledger), in order. */
  readonly ofAccount: ReadonlyMap<string, ReadonlyArray<PlacedFlag>>
  readonly ofDecision: ReadonlyMap<string, ReadonlyArray<PlacedFlag>>
  /** The index of an account's first such flag at a place or later. */
  readonly indexFrom: (account: string, place: Place) => number
}

/** Finds the flags that exist because of decisions. */
export const indexDependents = (history: History): Dependents => {
  const ofAccount = new Map<string, Set<PlacedFlag>>()
  const ofDecision = new Map<string, PlacedFlag[]>()
  const flags = [...history.flags.values()].filter(({ data }) => data.becauseOf !== undefined)
  for (const flag of flags.sort((a, b) => comparePlaces(a.place, b.place))) {
    for (const root of new Set(flag.data.becauseOf)) {
      const account = history.decisions.get(root)?.account ?? ''
      ofAccount.set(account, (ofAccount.get(account) ?? new Set()).add(flag))
      const named = ofDecision.get(root)
      if (named === undefined) ofDecision.set(root, [flag])
      else named.push(flag)
    }
  }
  const inOrder = new Map([...ofAccount].map(([account, found]) => [account, [...found]]))
  return {
    ofAccount: inOrder,
    ofDecision,
    indexFrom: (account, place) => {
      const found = inOrder.get(account) ?? []
      let [low, high] = [0, found.length]
      while (low < high) {
        const middle = (low + high) >>> 1
        const other = found[middle]
        if (other !== undefined && comparePlaces(other.place, place) < 0) low = middle + 1
        else high = middle
      }
      return low
    },
  }
}

/** The decisions that rest on a ground dated after them. */
export const decisionsByLateGround = (
  byDecision: ReadonlyMap<string, JudgementSoFar>,
): ReadonlyMap<PlacedFlag, ReadonlyArray<PlacedDecision>> => {
  const found = new Map<PlacedFlag, PlacedDecision[]>()
  for (const { decision, evidence } of byDecision.values()) {
    for (const flag of evidence.lateGrounds) found.set(flag, [...(found.get(flag) ?? []), decision])
  }
  return found
}
