/** Values by key, of which those not used for longest are forgotten. */
export type Remembered<K, V> = {
  readonly get: (key: K) => V | undefined
  readonly set: (key: K, value: V) => void
  readonly clear: () => void
}

/**
 * Remembers at most `most` values, and at least the last `most / 2` that were used. There are two generations: when
 * the younger is full, the older is forgotten, and what is used again becomes young. Unlike a list in the order of
 * use, this costs nothing for a value that is young.
 */
export const remembered = <K, V>(most: number): Remembered<K, V> => {
  let young = new Map<K, V>()
  let old = new Map<K, V>()
  const set = (key: K, value: V): void => {
    if (young.size >= most / 2 && !young.has(key)) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }
  return {
    set,
    get: (key) => {
      const found = young.get(key)
      if (found !== undefined) return found
      const before = old.get(key)
      if (before !== undefined) set(key, before)
      return before
    },
    clear: () => {
      young.clear()
      old.clear()
    },
  }
}
