import type { History, PlacedDecision } from '../model/history.ts'
import { componentsOf } from './components.ts'

/** Which decisions rest on which: through grounds that exist because of others, over any number of steps. */
export type Resting = {
  /** Whether one decision rests on another. */
  readonly restsOn: (decision: PlacedDecision, other: PlacedDecision) => boolean
  /** Everything that a decision rests on. */
  readonly rootsOf: (decision: PlacedDecision) => ReadonlySet<PlacedDecision>
  /** Which decisions rest on one for which `isRoot` is true. */
  readonly restingOnAny: (
    isRoot: (decision: PlacedDecision) => boolean,
  ) => (decision: PlacedDecision) => boolean
  /** Those of some decisions that rest on none of the others; one of several that rest on each other. */
  readonly firstOf: (decisions: ReadonlyArray<PlacedDecision>) => ReadonlyArray<PlacedDecision>
}

/**
 * Indexes a history once. Decisions and flags are nodes of a graph: a decision points to its grounds, a flag to the
 * decisions that it exists because of. Each node has a component whose number is never below those it points to, so that
 * comparing two numbers answers most questions.
 */
export const indexResting = (history: Pick<History, 'flags' | 'decisions'>): Resting => {
  const decisions = [...history.decisions.values()]
  const nodeOf = new Map<unknown, number>(decisions.map((decision, node) => [decision, node]))
  const edges: number[][] = decisions.map(() => [])
  for (const flag of history.flags.values()) {
    if (flag.data.becauseOf === undefined) continue
    nodeOf.set(flag, edges.length)
    edges.push(flag.data.becauseOf.flatMap((root) => nodeOf.get(history.decisions.get(root)) ?? []))
  }
  if (edges.length === decisions.length) return onNothing
  for (const [node, { data }] of decisions.entries()) {
    for (const flagId of data.grounds) {
      const ground = nodeOf.get(history.flags.get(flagId))
      if (ground !== undefined) edges[node]?.push(ground)
    }
  }
  const components = componentsOf(edges)
  const node = (decision: PlacedDecision): number => nodeOf.get(decision) ?? -1
  const component = (of: number): number => components[of] ?? -1

  /** The nodes that can be reached from some, within components no lower than `lowest`. */
  function* reachedFrom(starts: ReadonlyArray<number>, lowest: number): Generator<number> {
    const seen = new Set<number>()
    const open = [...starts]
    for (let from = open.pop(); from !== undefined; from = open.pop()) {
      for (const to of edges[from] ?? []) {
        if (seen.has(to) || component(to) < lowest) continue
        seen.add(to)
        open.push(to)
        yield to
      }
    }
  }

  /** The components from which a wanted one can be reached; `nodes` are all that could be on the way. */
  const leading = (nodes: Iterable<number>, isWanted: (to: number, from: number) => boolean): Set<number> => {
    const found = new Set<number>()
    // Edges lead to lower components, so those are processed first.
    for (const from of [...nodes].sort((a, b) => component(a) - component(b))) {
      const own = component(from)
      if (found.has(own)) continue
      const leads = (edges[from] ?? []).some((to) => found.has(component(to)) || isWanted(component(to), own))
      if (leads) found.add(own)
    }
    return found
  }

  return {
    restsOn: (decision, other) => {
      const [from, to] = [component(node(decision)), component(node(other))]
      if (to >= from) return to === from
      return reachedFrom([node(decision)], to).some((reached) => reached === node(other))
    },
    rootsOf: (decision) =>
      new Set([...reachedFrom([node(decision)], 0)].flatMap((reached) => decisions[reached] ?? [])),
    restingOnAny: (isRoot) => {
      const roots = new Set(decisions.filter(isRoot).map((decision) => component(node(decision))))
      const resting = leading(edges.keys(), (to) => roots.has(to))
      return (decision) => resting.has(component(node(decision)))
    },
    firstOf: (chosen) => {
      const nodes = chosen.map(node)
      const chosenComponents = new Set(nodes.map(component))
      const lowest = nodes.reduce((least, one) => Math.min(least, component(one)), Number.POSITIVE_INFINITY)
      const around = new Set([...nodes, ...reachedFrom(nodes, lowest)])
      const others = leading(around, (to, from) => to !== from && chosenComponents.has(to))
      const taken = new Set(others)
      return chosen.filter((decision) => {
        const own = component(node(decision))
        const isFirst = !taken.has(own)
        taken.add(own)
        return isFirst
      })
    },
  }
}

const onNothing: Resting = {
  restsOn: () => false,
  rootsOf: () => new Set(),
  restingOnAny: () => () => false,
  firstOf: (decisions) => decisions,
}
