import { outcomesOf } from '../../../projections/outcomes.ts'
import type { Account } from '../../domain/account.ts'
import type { ReversalReason } from '../../domain/parts.ts'
import { formatInstant } from '../../domain/time.ts'

/** Says that a decision whose statement is in the database was overturned. (The API cannot withdraw a statement.) */
export type StatementCorrection = {
  readonly puid: string
  /** When it was first reversed or, if it was not reversed yet, when an appeal was won; as known when first listed. */
  readonly at: string
  readonly reason: Exclude<ReversalReason, 'expiry'>
}

/** The corrections that an account's decisions need, by decision id; one whose term merely ended needs none. */
export const correctionsOf = (record: Account): ReadonlyMap<string, StatementCorrection> => {
  const outcomes = outcomesOf(record)
  const corrections = new Map<string, StatementCorrection>()
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
