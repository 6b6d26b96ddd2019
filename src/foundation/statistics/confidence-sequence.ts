/** Where a probability lies, from 0 to 1. */
export type Interval = { readonly low: number; readonly high: number }

/**
 * Where the probability of a success lies, after so many successes and failures. However often one looks, and whenever one
 * stops for what one sees, all intervals together contain it with a probability of at least 1 - `error`: a confidence
 * interval for a fixed number of trials does not have that, and is narrower.
 *
 * The mixture of H. Robbins, "Statistical methods related to the law of the iterated logarithm", Annals of Mathematical
 * Statistics 41 (5), 1970, with a uniform distribution of the alternative: for the true p, the likelihood of what was seen
 * averaged over all q, divided by that of p, is a martingale that starts at 1, which by Ville's inequality reaches 1 / error
 * with a probability of at most `error`. The interval has every p for which it has not.
 */
export const confidenceSequence = (
  { successes, failures }: { readonly successes: number; readonly failures: number },
  error = 0.05,
): Interval => {
  const averaged = logFactorial(successes) + logFactorial(failures) - logFactorial(successes + failures + 1)
  const isInside = (p: number): boolean =>
    averaged - times(successes, Math.log(p)) - times(failures, Math.log1p(-p)) < -Math.log(error)
  const best = successes + failures === 0 ? 0.5 : successes / (successes + failures)
  return { low: edge(isInside, best, 0), high: edge(isInside, best, 1) }
}

/** 0 times anything is 0: of what never happened, an impossible probability explains nothing wrong. */
const times = (count: number, log: number): number => (count === 0 ? 0 : count * log)

/** Where the interval ends, between a point inside it and an end of [0, 1], as exactly as numbers are. */
const edge = (isInside: (p: number) => boolean, from: number, end: number): number => {
  if (isInside(end)) return end
  let [inside, outside] = [from, end]
  for (;;) {
    const middle = (inside + outside) / 2
    if (middle === inside || middle === outside) return outside
    if (isInside(middle)) inside = middle
    else outside = middle
  }
}

const EXACT = 20

/** The natural logarithm of n!, by Stirling's series: its error is below 1e-12 from 20 on. */
const logFactorial = (n: number): number => {
  if (n < EXACT) {
    let product = 1
    for (let factor = 2; factor <= n; factor++) product *= factor
    return Math.log(product)
  }
  const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5)
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + series
}
