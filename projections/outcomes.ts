import type { Account, Decision } from '../src/domain/account.ts'
import { type Appeal, appealed } from '../src/domain/appeal.ts'
import type { AppealOutcome, ReversalReason } from '../src/domain/parts.ts'
import { instantOf } from '../src/domain/time.ts'
import { eachOf } from '../src/foundation/each-of.ts'
import { least } from '../src/foundation/extremes.ts'

/** What a decision was overturned by; the mere end of its term does not count. */
export type OverturnedBy = Exclude<ReversalReason, 'expiry'>

/** The kinds of decision. */
export const decisionKinds = eachOf<Decision['kind']>({ deactivation: true, removal: true })

/** The answers to an appeal, the weightiest first. */
export const answersByWeight = eachOf<AppealOutcome>({
  reversed: true,
  modified: true,
  upheld: true,
  omitted: true,
})

/** The outcome of a decision: its appeals, and how it ended. Instants are in ms. */
export type DecisionOutcome = {
  readonly appeals: ReadonlyArray<Appeal>
  /** When the first appeal was filed. */
  readonly appealedAt: number | null
  /** When an appeal was first answered. */
  readonly answeredAt: number | null
  /** The weightiest answer to its appeals; `pending`: none yet; null: there is no appeal. */
  readonly appealOutcome: AppealOutcome | 'pending' | null
  /** The first reversal other than the end of its term; or an appeal that was won, even if nothing was reversed yet. */
  readonly overturnedBy: OverturnedBy | null
  readonly overturnedAt: number | null
  readonly reversedAt: number | null
}

/** The outcome of each of an account's decisions, by decision id. */
export const outcomesOf = ({ decisions, appeals }: Account): ReadonlyMap<string, DecisionOutcome> => {
  const appealsOf = Map.groupBy(appeals, appealed)
  return new Map(
    decisions.map((decision) => [
      decision.decisionId,
      outcomeOf(decision, appealsOf.get(decision.decisionId) ?? []),
    ]),
  )
}

const outcomeOf = ({ reversals }: Decision, appeals: ReadonlyArray<Appeal>): DecisionOutcome => {
  const answers = appeals.flatMap((appeal) => (appeal.status === 'open' ? [] : [appeal.answered]))
  const weightiest = answersByWeight.find((outcome) => answers.some(({ data }) => data.outcome === outcome))
  const overturning = reversals.flatMap(({ at, reason }) =>
    reason === 'expiry' ? [] : [{ at, by: reason }],
  )[0]
  const won = answers.filter(({ data }) => data.outcome === 'reversed')
  return {
    appeals,
    appealedAt: earliest(
      appeals.flatMap((appeal) => (appeal.status === 'unfiled' ? [] : [instantOf(appeal.filed.time)])),
    ),
    answeredAt: earliest(answers.map(({ time }) => instantOf(time))),
    appealOutcome: weightiest ?? (appeals.length > 0 ? 'pending' : null),
    overturnedBy: overturning?.by ?? (won.length > 0 ? 'appeal' : null),
    overturnedAt: overturning?.at ?? earliest(won.map(({ time }) => instantOf(time))),
    reversedAt: reversals[0]?.at ?? null,
  }
}

const earliest = (instants: ReadonlyArray<number>): number | null =>
  instants.length === 0 ? null : least(instants)
