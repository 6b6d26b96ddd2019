import type { Place } from '../../domain/order.ts'
import { memo } from '../../foundation/memo.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { type AccountHistory, contentKey, type PlacedFlag } from '../model/history.ts'
import { isVoidedFor } from './evidence.ts'
import type { JudgementSoFar } from './judge.ts'
import { type JudgingContext, truthLeftBy } from './judging-context.ts'
import { type Timeline, timelineOf } from './timeline.ts'

/**
 * The flags in evidence for a decision of an account that B leaves false, never those that it leaves unknown; for a removal, those
 * on its content and its grounds. Judgements must be passed in order. Linear in the account's flags and decisions, plus the
 * flags that are found.
 */
export const falseFlagsIn = (
  account: AccountHistory,
  context: JudgingContext,
): ((judgement: JudgementSoFar) => ReadonlyArray<PlacedFlag>) => {
  const { voidedAt } = context.history
  const isVoided = (flag: PlacedFlag, moment: Place): boolean => isVoidedFor(flag, moment, voidedAt)
  const falseUnder = memo((own: Ruleset | undefined): FalseFlags => {
    const truthOf = truthLeftBy(context, own)
    const flags = account.flags.filter((flag) => truthOf(flag) === 'false')
    const byContent = Map.groupBy(flags, ({ data }) =>
      data.content === undefined ? '' : contentKey(data.content),
    )
    return {
      flags: new Set(flags),
      standing: timelineOf(flags, isVoided),
      standingOn: memo((content: string) => timelineOf(byContent.get(content) ?? [], isVoided)),
    }
  })
  return ({ decision, evidence: { grounds, lateGrounds } }) => {
    const { flags, standing, standingOn } = falseUnder(context.corrected.rulesetFor(decision))
    if (flags.size === 0) return nothing
    if (decision.kind === 'deactivation') {
      return [...standing.at(decision.place), ...lateGrounds.filter((flag) => flags.has(flag))]
    }
    const named = grounds.filter((flag) => flags.has(flag) && !isVoided(flag, decision.place))
    return [...new Set([...standingOn(contentKey(decision.data.content)).at(decision.place), ...named])]
  }
}

const nothing: ReadonlyArray<PlacedFlag> = []

type FalseFlags = {
  readonly flags: ReadonlySet<PlacedFlag>
  readonly standing: Timeline<PlacedFlag>
  readonly standingOn: (content: string) => Timeline<PlacedFlag>
}
