import type { History, PlacedDecision, PlacedFlag } from '../model/history.ts'
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
 * Indexes a history once. Flags that exist because of decisions, and the decisions that have to do with them, are nodes of a
 * graph (no other decision rests on any): a decision points to its grounds, a flag to the decisions that it exists because
 * of. Each node has a component whose number is never below those it points to, so that comparing two numbers answers most
 * questions.
 */
export const indexResting = (history: Pick<History, 'flags' | 'decisions'>): Resting => {
  const flags = [...history.flags.values().filter(({ data }) => data.becauseOf !== undefined)]
  if (flags.length === 0) return onNothing
  const decisions = decisionsAt(flags, history)
  const nodeOf = new Map<unknown, number>([...decisions, ...flags].map((thing, node) => [thing, node]))
  const edges = [
    ...decisions.map(({ data }) => data.grounds.flatMap((id) => nodeOf.get(history.flags.get(id)) ?? [])),
    ...flags.map(({ data }) =>
      (data.becauseOf ?? []).flatMap((root) => nodeOf.get(history.decisions.get(root)) ?? []),
    ),
  ]
  const components = componentsOf(edges)
  const nodesOf = (some: ReadonlyArray<PlacedDecision>): ReadonlyArray<number> =>
    some.flatMap((decision) => nodeOf.get(decision) ?? [])
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
      const [start, end] = [nodeOf.get(decision), nodeOf.get(other)]
      if (start === undefined || end === undefined) return decision === other
      const [from, to] = [component(start), component(end)]
      if (to >= from) return to === from
      return reachedFrom([start], to).some((reached) => reached === end)
    },
    rootsOf: (decision) =>
      new Set([...reachedFrom(nodesOf([decision]), 0)].flatMap((reached) => decisions[reached] ?? [])),
    restingOnAny: (isRoot) => {
      const roots = new Set(nodesOf(decisions.filter(isRoot)).map(component))
      const resting = leading(edges.keys(), (to) => roots.has(to))
      return (decision) => nodesOf([decision]).some((node) => resting.has(component(node)))
    },
    firstOf: (chosen) => {
      const nodes = nodesOf(chosen)
      const chosenComponents = new Set(nodes.map(component))
      const lowest = nodes.reduce((least, one) => Math.min(least, component(one)), Number.POSITIVE_INFINITY)
      const around = new Set([...nodes, ...reachedFrom(nodes, lowest)])
      const others = leading(around, (to, from) => to !== from && chosenComponents.has(to))
      const taken = new Set(others)
      return chosen.filter((decision) => {
        const node = nodeOf.get(decision)
        if (node === undefined) return true
        const own = component(node)
        const isFirst = !taken.has(own)
        taken.add(own)
        return isFirst
      })
    },
  }
}

/** The decisions that some flags exist because of, and those that have one of the flags among their grounds. */
const decisionsAt = (
  flags: ReadonlyArray<PlacedFlag>,
  { decisions }: Pick<History, 'decisions'>,
): ReadonlyArray<PlacedDecision> => {
  const roots = new Set<string>(flags.flatMap(({ data }) => data.becauseOf ?? []))
  const flagIds = new Set<string>(flags.map(({ data }) => data.flagId))
  const isNode = ({ data }: PlacedDecision): boolean =>
    roots.has(data.decisionId) || data.grounds.some((flagId) => flagIds.has(flagId))
  return [...decisions.values().filter(isNode)]
}

const onNothing: Resting = {
  restsOn: () => false,
  rootsOf: () => new Set(),
  restingOnAny: () => () => false,
  firstOf: (decisions) => decisions,
}
