import type { Account, Decision } from '../src/domain/account.ts'
import { type Appeal, appealed } from '../src/domain/appeal.ts'
import type { AppealOutcome, ReversalReason } from '../src/domain/parts.ts'
import { instantOf } from '../src/domain/time.ts'
import { eachOf } from '../src/foundation/each-of.ts'
import { least } from '../src/foundation/extremes.ts'

/** By what a decision was found wrong, or void; a term that was merely served is not among them. */
export type OverturnedBy = Exclude<ReversalReason, 'expiry'>

/** What decisions can be. */
export const decisionKinds = eachOf<Decision['kind']>({ deactivation: true, removal: true })

/** The answers of an appeal, the one that says most first. */
export const answersByWeight = eachOf<AppealOutcome>({
  reversed: true,
  modified: true,
  upheld: true,
  omitted: true,
})

/** What became of a decision: its appeals, and how it ended. Instants are in ms. */
export type DecisionOutcome = {
  readonly appeals: ReadonlyArray<Appeal>
  /** When the first appeal was filed. */
  readonly appealedAt: number | null
  /** When an appeal was answered first. */
  readonly answeredAt: number | null
  /** Of its appeals' answers the one that says most; `pending`: none yet; null: there is no appeal. */
  readonly appealOutcome: AppealOutcome | 'pending' | null
  /** What took it back first, but a term served; or an appeal that was won although nothing was taken back yet. */
  readonly overturnedBy: OverturnedBy | null
  readonly overturnedAt: number | null
  readonly reversedAt: number | null
}

/** What became of each of an account's decisions, by decision id. */
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
  const said = answersByWeight.find((outcome) => answers.some(({ data }) => data.outcome === outcome))
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
    appealOutcome: said ?? (appeals.length > 0 ? 'pending' : null),
    overturnedBy: overturning?.by ?? (won.length > 0 ? 'appeal' : null),
    overturnedAt: overturning?.at ?? earliest(won.map(({ time }) => instantOf(time))),
    reversedAt: reversals[0]?.at ?? null,
  }
}

const earliest = (instants: ReadonlyArray<number>): number | null =>
  instants.length === 0 ? null : least(instants)
