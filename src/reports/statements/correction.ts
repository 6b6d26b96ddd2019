import { outcomesOf } from '../../../projections/outcomes.ts'
import type { Account } from '../../domain/account.ts'
import type { ReversalReason } from '../../domain/parts.ts'
import { formatInstant } from '../../domain/time.ts'

/** That a decision was overturned of which a statement is in the database. (Its API takes nothing back.) */
export type Correction = {
  readonly puid: string
  /** When it was first taken back, or, where it was not yet, when an appeal was won; as known when it was first listed. */
  readonly at: string
  readonly reason: Exclude<ReversalReason, 'expiry'>
}

/** The corrections that an account's decisions ask for, by decision id; a term that was merely served asks for none. */
export const correctionsOf = (record: Account): ReadonlyMap<string, Correction> => {
  const outcomes = outcomesOf(record)
  const corrections = new Map<string, Correction>()
  for (const decision of record.decisions) {
    const { decisionId } = decision
    const outcome = outcomes.get(decisionId)
    if (outcome?.overturnedBy == null || outcome.overturnedAt === null) continue
    corrections.set(decisionId, {
      puid: decisionId,
      at: formatInstant(outcome.overturnedAt),
      reason: outcome.overturnedBy,
    })
  }
  return corrections
}
