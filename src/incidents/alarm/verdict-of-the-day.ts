import type { StoredEvent } from '../../domain/event.ts'
import { collectHistory } from '../../replay/model/collect.ts'
import type { PlacedDecision } from '../../replay/model/history.ts'
import { type Versions, versionsThatMayJudge } from '../../replay/model/versions.ts'
import { judgeOfTheDay } from '../../replay/reference/judge.ts'
import { readUnderRulesOfTheDay } from '../../replay/reference/reading.ts'
import type { Verdict } from '../../replay/reference/verdict.ts'

/** Which decision of an account is judged, and the event that made it. */
type DecisionMade = {
  readonly decisionId: string
  readonly source: string
  readonly event: { readonly id: string }
}

/**
 * What the rules of the day say of a decision, over events of its account. Unknown too: an earlier decision has its id, or it
 * names no ruleset and there is not exactly one that could judge it.
 */
export const verdictOfTheDay = (
  { decisionId, source, event }: DecisionMade,
  recorded: ReadonlyArray<StoredEvent>,
  published: ReadonlyMap<string, Versions>,
): Verdict['verdict'] => {
  const collection = collectHistory({ rulesetId: null, needsVersions: false, keepsEvaluation: () => false })
  recorded.forEach(collection.add)
  const history = collection.finish(new Map())
  const decision: PlacedDecision | undefined = history.decisions.get(decisionId)
  if (decision === undefined || decision.place.id !== event.id || decision.place.source !== source) {
    return 'unknown'
  }
  const [only, another] = versionsThatMayJudge(decision, published)
  if (only === undefined || another !== undefined) return 'unknown'
  const [rulesetId, versions] = only
  const context = { history, versions, readOfTheDay: readUnderRulesOfTheDay(rulesetId, versions) }
  return judgeOfTheDay(context, decision, rulesetId).original.verdict
}
