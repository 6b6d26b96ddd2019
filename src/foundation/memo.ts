/**
 * The function, computing the value for each argument once. The last argument is remembered without a map: many functions
 * are only ever asked about one, or about the same one several times in a row.
 */
export const memo = <A, B>(compute: (a: A) => B): ((a: A) => B) => {
  let known: Map<A, B> | undefined
  let last: A | undefined
  let valueOfLast: B | undefined
  const keep = (a: A, value: B): void => {
    if (known !== undefined) known.set(a, value)
    else if (valueOfLast !== undefined) {
      known = new Map<A, B>()
      // Cast: if there is a value, there was an argument.
      known.set(last as A, valueOfLast)
      known.set(a, value)
    }
  }
  return (a) => {
    if (valueOfLast !== undefined && a === last) return valueOfLast
    const found = known?.get(a)
    const value = found === undefined ? compute(a) : found
    if (found === undefined) keep(a, value)
    last = a
    valueOfLast = value
    return value
  }
}
