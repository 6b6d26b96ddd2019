/** Disjoint sets of the numbers from 0, each at first on its own. */
export type UnionFind = {
  readonly join: (a: number, b: number) => void
  /** The smallest number in a number's set. */
  readonly find: (a: number) => number
}

export const unionFind = (size: number): UnionFind => {
  const parents = new Int32Array(size)
  for (let i = 0; i < size; i++) parents[i] = i
  const parentOf = (a: number): number => parents[a] ?? a
  const find = (a: number): number => {
    let at = a
    for (let parent = parentOf(at); parent !== at; parent = parentOf(at)) {
      // Halves the path, so that the next search is shorter.
      parents[at] = parentOf(parent)
      at = parentOf(parent)
    }
    return at
  }
  return {
    join: (a, b) => {
      const [x, y] = [find(a), find(b)]
      if (x < y) parents[y] = x
      else parents[x] = y
    },
    find,
  }
}
