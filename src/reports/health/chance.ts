/** The probability of at least `count` if `expected` are expected, by the Poisson distribution; 1 if `count` is not greater. */
export const chanceOf = (count: number, expected: number): number => {
  if (count <= expected) return 1
  // Sums the tail itself, from its largest term on: one minus the rest would lose all digits of a small probability.
  let term = Math.exp(-expected + count * Math.log(expected) - logFactorial(count))
  let tail = 0
  for (let k = count; term > tail * Number.EPSILON; k++) {
    tail += term
    term *= expected / (k + 1)
  }
  return Math.min(1, tail)
}

const logFactorial = (n: number): number => {
  let sum = 0
  for (let k = 2; k <= n; k++) sum += Math.log(k)
  return sum
}
