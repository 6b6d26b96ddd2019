import type { Restriction } from '../../../domain/parts.ts'
import { candidatesIn } from '../plan/candidates.ts'
import { draftAccounts, type PlannableReplay, type ReviewOutcome } from '../plan/draft.ts'
import type { AccountPlan, PlannedDecision } from '../plan/model.ts'

/** What a replay just before a wave says of the plan's rows. */
export type JudgedAgain = {
  /** What would be planned now, by decision. */
  readonly decisions: ReadonlyMap<string, PlannedDecision>
  /** The decisions about which something is still to be done, planned or not, with their restriction now; null of removals. */
  readonly open: ReadonlyMap<string, Restriction | null>
  /** The false strikes that would be asked for now, and all that still count. */
  readonly flags: ReadonlySet<string>
  readonly standing: ReadonlySet<string>
}

/** What people decided: how rows were settled, by decision, and what the plan leaves out. */
export type DecidedBefore = {
  readonly settled: ReadonlyMap<string, ReviewOutcome>
  readonly leftOut: LeftOutRows
}

/** Which rows of a plan are left out on purpose: decisions, and the accounts whose standing strikes are. */
export type LeftOutRows = { readonly decisions: Set<string>; readonly flagsOf: Set<string> }

/** Adds what the plan of an account leaves out. */
export const addLeftOut = (
  { decisions, flagsOf }: LeftOutRows,
  { account, excepted }: Pick<AccountPlan, 'account' | 'excepted'>,
): void => {
  for (const row of excepted) {
    if ('decisionId' in row) decisions.add(row.decisionId)
    else flagsOf.add(account)
  }
}

/** Plans again, by the same rules, what a replay found now. */
export const judgedAgain = (replay: PlannableReplay, { settled, leftOut }: DecidedBefore): JudgedAgain => {
  const { accounts } = draftAccounts(replay, {
    settled,
    reasonFor: ({ account, decisionId }) =>
      (decisionId === null ? leftOut.flagsOf.has(account) : leftOut.decisions.has(decisionId))
        ? 'left out of the plan'
        : null,
  })
  return {
    decisions: new Map(
      accounts.flatMap(({ decisions }) => decisions.map((each) => [each.decisionId, each] as const)),
    ),
    open: new Map(candidatesIn(replay).map(({ decisionId, now }) => [decisionId, now])),
    flags: new Set(accounts.flatMap(({ flags }) => flags)),
    standing: new Set(replay.falseStrikes.map(({ flagId }) => flagId)),
  }
}
