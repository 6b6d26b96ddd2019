import { isInScope, type PlacedDecision } from '../model/history.ts'
import { isWrongful } from '../reference/judge.ts'
import type { Findings } from '../reference/judge-history.ts'

/** A decision under another ruleset that rests on wrongful ones: not judged, but a person must look. */
export type RestingElsewhere = {
  readonly decision: PlacedDecision
  /** The wrongful decisions, sorted by id. */
  readonly restsOn: ReadonlyArray<string>
}

/** The decisions under other rulesets that rest on wrongful ones, in any order. */
export const restingElsewhere = ({ context, byDecision }: Findings): ReadonlyArray<RestingElsewhere> => {
  const { history, corrected, resting } = context
  const isWrongfulRoot = ({ data }: PlacedDecision): boolean => {
    const judgement = byDecision.get(data.decisionId)
    return judgement !== undefined && isWrongful(judgement.class)
  }
  const mayRest = resting.restingOnAny(isWrongfulRoot)
  const found: RestingElsewhere[] = []
  for (const decision of history.decisions.values()) {
    if (isInScope(decision, corrected.id) || !mayRest(decision)) continue
    const roots = [...resting.rootsOf(decision)].filter(isWrongfulRoot).map(({ data }) => data.decisionId)
    found.push({ decision, restsOn: roots.sort() })
  }
  return found
}
