/** The function, computing the value for each argument once. */
export const memo = <A, B>(compute: (a: A) => B): ((a: A) => B) => {
  const known = new Map<A, B>()
  return (a) => {
    const found = known.get(a)
    if (found !== undefined) return found
    const value = compute(a)
    known.set(a, value)
    return value
  }
}
