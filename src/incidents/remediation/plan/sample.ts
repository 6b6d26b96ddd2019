import { hash } from 'node:crypto'
import TinyQueue from 'tinyqueue'
import { compareUtf8 } from '../../../domain/order.ts'
import type { PlannedDecision, Sampled, Stratum } from './model.ts'

/** The decisions of a plan, by account. */
export type Samplable = {
  readonly account: string
  readonly decisions: ReadonlyArray<Pick<PlannedDecision, 'decisionId' | 'class' | 'rule' | 'restriction'>>
}

/** The strata, that of the most decisions first, and the decisions to judge, in an order that mixes them. */
export type DrawnSample = {
  readonly strata: ReadonlyArray<Stratum>
  readonly sample: ReadonlyArray<Sampled>
}

/**
 * Draws a sample of a size, stratified by class, rule and restriction. Which decisions are drawn follows from the SHA-256 of the
 * replay's digest and their ids: whoever plans cannot choose, and draws the same again.
 */
export const drawSample = (accounts: ReadonlyArray<Samplable>, size: number, digest: string): DrawnSample => {
  const strata = strataOf(accounts, size)
  const indexOf = new Map(strata.map((stratum, index) => [keyOf(stratum), index]))
  // Only what is drawn so far is kept, its greatest hash first: there may be a million decisions.
  const drawn = strata.map(() => new TinyQueue<Hashed>([], (a, b) => byOrder(b, a)))
  for (const { account, decisions } of accounts) {
    for (const decision of decisions) {
      const stratum = indexOf.get(keyOf(decision)) ?? 0
      const queue = drawn[stratum]
      const order = hash('sha256', `${digest} ${decision.decisionId}`, 'hex')
      queue?.push({ order, sampled: { decisionId: decision.decisionId, account, stratum } })
      if ((queue?.length ?? 0) > (strata[stratum]?.sampled ?? 0)) queue?.pop()
    }
  }
  return {
    strata,
    sample: drawn
      .flatMap(({ data }) => data)
      .sort(byOrder)
      .map(({ sampled }) => sampled),
  }
}

type Hashed = { readonly order: string; readonly sampled: Sampled }
type Alike = Pick<Stratum, 'class' | 'rule' | 'restriction'>

const keyOf = ({ class: cls, rule, restriction }: Alike): string => JSON.stringify([cls, rule, restriction])

// Hexadecimal digits have the order of their code units.
const byOrder = (a: Hashed, b: Hashed): number => (a.order < b.order ? -1 : 1)

const strataOf = (accounts: ReadonlyArray<Samplable>, size: number): ReadonlyArray<Stratum> => {
  const found = new Map<string, { readonly alike: Alike; decisions: number }>()
  for (const { decisions } of accounts) {
    for (const decision of decisions) {
      const key = keyOf(decision)
      const known = found.get(key)
      const { class: cls, rule, restriction } = decision
      if (known === undefined) found.set(key, { alike: { class: cls, rule, restriction }, decisions: 1 })
      else known.decisions++
    }
  }
  const sorted = [...found].sort(
    ([a, { decisions }], [b, other]) => other.decisions - decisions || compareUtf8(a, b),
  )
  const shares = sharesOf(
    sorted.map(([, { decisions }]) => decisions),
    size,
  )
  return sorted.map(([, { alike, decisions }], index) => ({
    ...alike,
    decisions,
    sampled: shares[index] ?? 0,
  }))
}

/**
 * How many of each stratum are sampled, none more than it has: one each, of the largest if there are not enough, and the rest in
 * proportion, by the method of A. Sainte-Laguë (1910), in which no stratum loses a place when the sample grows.
 */
const sharesOf = (sizes: ReadonlyArray<number>, size: number): ReadonlyArray<number> => {
  const shares: number[] = sizes.map((_, index) => (index < size ? 1 : 0))
  const claim = (index: number): number => (sizes[index] ?? 0) / (2 * (shares[index] ?? 0) + 1)
  const hasMore = (index: number): boolean => (shares[index] ?? 0) < (sizes[index] ?? 0)
  const queue = new TinyQueue([...sizes.keys()].filter(hasMore), (a, b) => claim(b) - claim(a) || a - b)
  for (let left = size - sizes.length; left > 0; left--) {
    const index = queue.pop()
    if (index === undefined) break
    shares[index] = (shares[index] ?? 0) + 1
    if (hasMore(index)) queue.push(index)
  }
  return shares
}
