/**
 * The strongly connected component of each node of a graph (Tarjan, "Depth-first search and linear graph algorithms", 1972),
 * without recursion. Numbers go from 0; an edge never leads to a component of a higher number.
 */
export const componentsOf = (edges: ReadonlyArray<ReadonlyArray<number>>): Int32Array => {
  const component = new Int32Array(edges.length).fill(-1)
  const order = new Int32Array(edges.length).fill(-1)
  const lowest = new Int32Array(edges.length)
  const next = new Int32Array(edges.length)
  const open: number[] = []
  const path: number[] = []
  let visited = 0
  let found = 0

  const visit = (node: number): void => {
    order[node] = visited
    lowest[node] = visited++
    open.push(node)
    path.push(node)
  }
  const lower = (node: number, to: number): void => {
    if (to < (lowest[node] ?? 0)) lowest[node] = to
  }
  const close = (node: number): void => {
    if (lowest[node] !== order[node]) return
    for (;;) {
      const member = open.pop() ?? node
      component[member] = found
      if (member === node) break
    }
    found++
  }

  for (let start = 0; start < edges.length; start++) {
    if (order[start] !== -1) continue
    visit(start)
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const to = edges[node]?.[next[node] ?? 0]
      if (to === undefined) {
        path.pop()
        close(node)
        const parent = path.at(-1)
        if (parent !== undefined) lower(parent, lowest[node] ?? 0)
      } else {
        next[node] = (next[node] ?? 0) + 1
        if (order[to] === -1) visit(to)
        else if (component[to] === -1) lower(node, order[to] ?? 0)
      }
    }
  }
  return component
}
