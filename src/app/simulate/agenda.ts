import type { PlannedStep } from '../../simulation/agent.ts'
import { SECOND } from '../../simulation/calendar.ts'
import type { Arrival } from '../../simulation/simulate.ts'

/** What is going to happen, in the order of time. */
export type Agenda = {
  /** When something happens next (ms since the epoch); null: never. */
  readonly next: () => number | null
  /** Takes all that happens in the same second as what happens next. */
  readonly takeSecond: () => ReadonlyArray<PlannedStep>
  /** Of several at one instant, what was added first happens first. */
  readonly add: (plans: ReadonlyArray<PlannedStep>) => void
}

/** Begins with arrivals, which are in the order of time; at one instant, what is added happens before them. */
export const agendaOf = (arrivals: Iterable<Arrival>): Agenda => {
  const iterator = arrivals[Symbol.iterator]()
  let arriving = iterator.next()
  const added: PlannedStep[] = []

  const next = (): number | null => {
    const first = added[0]?.at
    if (arriving.done === true) return first ?? null
    return first === undefined ? arriving.value.at : Math.min(first, arriving.value.at)
  }

  const take = (): PlannedStep | undefined => {
    const plan = added[0]
    if (arriving.done === true || (plan !== undefined && plan.at <= arriving.value.at)) return added.shift()
    const { at, line } = arriving.value
    arriving = iterator.next()
    return { kind: 'send', at, line }
  }

  return {
    next,
    takeSecond: () => {
      const taken: PlannedStep[] = []
      const from = next()
      if (from === null) return taken
      const end = (Math.floor(from / SECOND) + 1) * SECOND
      for (let at: number | null = from; at !== null && at < end; at = next()) {
        const plan = take()
        if (plan !== undefined) taken.push(plan)
      }
      return taken
    },
    add: (plans) => {
      added.push(...plans)
      added.sort((a, b) => a.at - b.at)
    },
  }
}
