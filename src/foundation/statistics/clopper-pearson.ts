/**
 * The greatest probability of a success that so many successes in so many independent trials leave possible: with a probability
 * of `error` at most, there would be so few or fewer. 1 without any trials. The exact one-sided bound of C. Clopper, E. Pearson,
 * "The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26 (4), 1934; half the `error`
 * gives the upper end of their two-sided interval.
 */
export const clopperPearsonBound = (
  { successes, trials }: { readonly successes: number; readonly trials: number },
  error = 0.05,
): number => {
  if (successes >= trials) return 1
  let [low, high] = [successes / trials, 1]
  for (;;) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) return high
    if (atMost(successes, trials, middle) > error) low = middle
    else high = middle
  }
}

/** The probability of at most `successes` in `trials`, of p each: summed in logarithms, so that many trials do not underflow. */
const atMost = (successes: number, trials: number, p: number): number => {
  const odds = Math.log(p) - Math.log1p(-p)
  let term = trials * Math.log1p(-p)
  let sum = Math.exp(term)
  for (let each = 1; each <= successes; each++) {
    term += Math.log((trials - each + 1) / each) + odds
    sum += Math.exp(term)
  }
  return sum
}
