import { hash } from 'node:crypto'
import TinyQueue from 'tinyqueue'
import { compareUtf8 } from '../../../domain/order.ts'
import type { PlannedDecision, Sampled, Stratum } from './model.ts'

/** A decision of a plan that may be sampled. */
export type Sampleable = Pick<PlannedDecision, 'decisionId' | 'class' | 'rule' | 'restriction'> & {
  readonly account: string
}

/** The strata, that of the most decisions first, and the decisions to judge, in an order that mixes them. */
export type DrawnSample = { readonly strata: ReadonlyArray<Stratum>; readonly sample: ReadonlyArray<Sampled> }

/**
 * Draws a sample of a size, stratified by class, rule and restriction. Which decisions are drawn follows from the SHA-256 of the
 * replay's digest and their ids: whoever plans cannot choose, and draws the same again.
 */
export const drawSample = (
  decisions: ReadonlyArray<Sampleable>,
  size: number,
  digest: string,
): DrawnSample => {
  const strata = [...Map.groupBy(decisions, keyOf)]
    .map(([key, alike]) => ({ key, alike }))
    .sort((a, b) => b.alike.length - a.alike.length || compareUtf8(a.key, b.key))
  const shares = sharesOf(
    strata.map(({ alike }) => alike.length),
    size,
  )
  const drawn = strata.flatMap(({ alike }, stratum) =>
    alike
      .map(({ decisionId, account }) => ({
        decisionId,
        account,
        stratum,
        order: hash('sha256', `${digest} ${decisionId}`, 'hex'),
      }))
      .sort(byOrder)
      .slice(0, shares[stratum]),
  )
  return {
    strata: strata.flatMap(({ alike }, index) => {
      const [one] = alike
      if (one === undefined) return []
      const { class: cls, rule, restriction } = one
      return [{ class: cls, rule, restriction, decisions: alike.length, sampled: shares[index] ?? 0 }]
    }),
    sample: drawn.sort(byOrder).map(({ decisionId, account, stratum }) => ({ decisionId, account, stratum })),
  }
}

const keyOf = ({ class: cls, rule, restriction }: Sampleable): string =>
  JSON.stringify([cls, rule, restriction])

const byOrder = (a: { readonly order: string }, b: { readonly order: string }): number =>
  compareUtf8(a.order, b.order)

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
