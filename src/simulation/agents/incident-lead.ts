import type { HoldSpan } from '../../domain/hold.ts'
import type { Agent } from '../agent.ts'

/** Asks for each hold at its time. Nobody lifts them. */
export const incidentLead = (holds: ReadonlyArray<HoldSpan>): Agent => {
  const waiting: Agent = () => ({ plans: [], next: waiting })
  return ({ now }) => ({
    plans: holds.map(({ key, since }) => ({ kind: 'hold', at: Math.max(now, since), key })),
    next: waiting,
  })
}
