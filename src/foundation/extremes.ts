/**
 * The minimum of any number of numbers; Infinity if there are none. (`Math.min(...numbers)` throws for some 100,000.)
 */
export const least = (numbers: Iterable<number>): number => {
  let found = Number.POSITIVE_INFINITY
  for (const number of numbers) found = Math.min(found, number)
  return found
}

/** The maximum of any number of numbers; -Infinity if there are none. */
export const greatest = (numbers: Iterable<number>): number => {
  let found = Number.NEGATIVE_INFINITY
  for (const number of numbers) found = Math.max(found, number)
  return found
}
