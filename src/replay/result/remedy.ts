import type { PlacedDecision } from '../model/history.ts'
import { type Class, isWrongful } from '../reference/judge.ts'
import type { Fact } from './facts.ts'

/**
 * What must be done: `reinstate` an account, `restore` content, `annul` a decision while another still holds,
 * `review` by a person, or nothing.
 */
export type Remedy = 'reinstate' | 'restore' | 'annul' | 'review' | 'none'

export const remedyOf = (kind: PlacedDecision['kind'], cls: Class, facts: ReadonlyArray<Fact>): Remedy => {
  const has = (fact: Fact): boolean => facts.includes(fact)
  if (has('already_reversed') || has('over')) return 'none'
  if (isWrongful(cls) || has('reinstatement_owed')) {
    if (has('other_grounds_unsettled') || has('missed_since')) return 'review'
    if (has('other_grounds_active')) return 'annul'
    return kind === 'deactivation' ? 'reinstate' : 'restore'
  }
  if (has('eased')) return 'none'
  const unsettled = cls === 'indeterminate' || cls === 'excessive' || cls === 'unreproducible'
  return unsettled || has('aggravated') || has('change_owed') ? 'review' : 'none'
}
