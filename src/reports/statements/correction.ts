import { outcomesOf } from '../../../projections/outcomes.ts'
import type { Account, Decision } from '../../domain/account.ts'
import type { ReversalReason } from '../../domain/parts.ts'
import { formatInstant, instantOf } from '../../domain/time.ts'

/** That a decision was overturned of which a statement is in the database. (Its API takes nothing back.) */
export type Correction = {
  readonly puid: string
  /** When it was taken back or an appeal was won, whichever came first. */
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
    if (outcome?.overturnedBy == null) continue
    const won = outcome.appeals.flatMap((appeal) =>
      appeal.status !== 'open' && appeal.answered.data.outcome === 'reversed'
        ? [instantOf(appeal.answered.time)]
        : [],
    )
    const at = Math.min(...overturnings(decision), ...won)
    corrections.set(decisionId, { puid: decisionId, at: formatInstant(at), reason: outcome.overturnedBy })
  }
  return corrections
}

const overturnings = ({ reversals }: Decision): ReadonlyArray<number> =>
  reversals.filter(({ reason }) => reason !== 'expiry').map(({ at }) => at)
