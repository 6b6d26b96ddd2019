import { type HeldDecision, holdsOver } from '../../domain/hold.ts'
import type { SimulatedAccount, SimulatedFlag } from '../account.ts'

/** Whether a service was asked not to make a decision on these flags. People may. */
export const isOnHold = (
  { holds }: SimulatedAccount,
  at: number,
  made: Pick<HeldDecision, 'decidedBy' | 'ruleset'>,
  grounds: ReadonlyArray<SimulatedFlag>,
): boolean => {
  if (holds.length === 0) return false
  return holdsOver(holds, { at, ...made, grounds: grounds.map(({ names }) => names) }).length > 0
}
