import { type DecisionOutcome, type OverturnedBy, outcomesOf } from '../../../../projections/outcomes.ts'
import type { Account, Decision, Flag } from '../../../domain/account.ts'

/** What brought a decision about. */
export type Origin = 'own_initiative' | 'notice' | 'order'

/** How much of a decision was made by machines. */
export type Means = 'fully_automated' | 'partially_automated' | 'not_automated'

/** How a decision ended, if it did; it has at most one ending. Instants are in ms. */
type Ending = { readonly at: number; readonly by: OverturnedBy | 'expiry' | 'won_not_put_back' }

/** A decision, as the reports count it: as it was first made, and how it ended. */
export type Decided = {
  readonly decision: Decision
  readonly kind: 'content' | 'account'
  readonly category: string
  readonly basis: 'law' | 'terms' | 'unstated'
  readonly origin: Origin
  readonly isDetectedAutomatically: boolean
  readonly means: Means
  readonly restriction: 'content_removed' | 'account_suspended' | 'account_terminated'
  /** The flags among its grounds that are on record. */
  readonly grounds: ReadonlyArray<Flag>
  readonly overturnedBy: OverturnedBy | null
  readonly ending: Ending | null
}

const meansOf = { fully: 'fully_automated', partially: 'partially_automated', not: 'not_automated' } as const

/** An account's decisions, each once. */
export const decidedOf = (record: Account): ReadonlyArray<Decided> => {
  const outcomes = outcomesOf(record)
  const flags = new Map<string, Flag>(record.flags.map((flag) => [flag.raised.data.flagId, flag]))
  return record.decisions.map((decision) => {
    const { made } = decision
    const { data } = made
    const outcome = outcomes.get(decision.decisionId)
    const grounds = [...new Set(data.grounds)].flatMap((flagId) => flags.get(flagId) ?? [])
    return {
      decision,
      kind: decision.kind === 'removal' ? 'content' : 'account',
      category: data.category,
      basis: data.basis?.kind ?? 'unstated',
      origin: originOf(grounds),
      isDetectedAutomatically: data.automation.detection,
      means: meansOf[data.automation.decision],
      restriction:
        made.type === 'content.removed.v1' ? 'content_removed' : `account_${made.data.restriction}`,
      grounds,
      overturnedBy: outcome?.overturnedBy ?? null,
      ending: outcome === undefined ? null : endingOf(decision, outcome),
    }
  })
}

/** An order outweighs a notice, and a notice what the platform found on its own initiative. */
const originOf = (grounds: ReadonlyArray<Flag>): Origin => {
  const sources = new Set(grounds.map(({ source }) => source))
  if (sources.has('authority')) return 'order'
  return sources.has('user_notice') || sources.has('trusted_flagger') ? 'notice' : 'own_initiative'
}

/** The first reversal other than the end of the term; otherwise an appeal that was won; otherwise the end of the term. */
const endingOf = (
  { reversals }: Decision,
  { overturnedBy, overturnedAt, reversedAt }: DecisionOutcome,
): Ending | null => {
  if (overturnedBy !== null && overturnedAt !== null) {
    const isPutBack = reversals.some(({ reason }) => reason !== 'expiry')
    return { at: overturnedAt, by: isPutBack ? overturnedBy : 'won_not_put_back' }
  }
  return reversedAt === null ? null : { at: reversedAt, by: 'expiry' }
}
