import type { Restriction } from '../../domain/parts.ts'
import { isInScope, type PlacedDecision, type PlacedFlag } from '../model/history.ts'
import { isWrongful } from '../reference/judge.ts'
import type { Findings } from '../reference/judge-history.ts'
import { lower } from '../reference/truth.ts'
import { isSettled, restrictionNow } from './facts.ts'
import { type Voids, voidsOf } from './voids.ts'

/** A decision under another ruleset that rests on wrongful ones: not judged, but a person must look. */
export type RestingElsewhere = {
  readonly decision: PlacedDecision
  /** The wrongful decisions, sorted by id. */
  readonly restsOn: ReadonlyArray<string>
  /** What reversing it voids: grounds that the correction leaves false whatever that ruleset says. */
  readonly voids: Voids
  /** A deactivation's restriction as last changed; null for a removal. */
  readonly now: Restriction | null
  /** It was reversed for good, or is over. */
  readonly isSettled: boolean
}

/** The decisions under other rulesets that rest on wrongful ones, in any order. */
export const restingElsewhere = ({ context, byDecision }: Findings): ReadonlyArray<RestingElsewhere> => {
  const { history, corrected, resting, evidenceOf } = context
  const read = corrected.read(undefined)
  const isFalse = (flag: PlacedFlag): boolean => lower(read(flag).cap, evidenceOf(flag).limit) === 'false'
  const isWrongfulRoot = ({ data }: PlacedDecision): boolean => {
    const judgement = byDecision.get(data.decisionId)
    return judgement !== undefined && isWrongful(judgement.class)
  }
  const mayRest = resting.restingOnAny(isWrongfulRoot)
  const found: RestingElsewhere[] = []
  for (const decision of history.decisions.values()) {
    if (isInScope(decision, corrected.id) || !mayRest(decision)) continue
    const roots = [...resting.rootsOf(decision)].filter(isWrongfulRoot).map(({ data }) => data.decisionId)
    const grounds = decision.data.grounds.flatMap((flagId) => history.flags.get(flagId) ?? [])
    const voids = voidsOf(grounds.filter((flag) => flag.account === decision.account && isFalse(flag)))
    const standing = { now: restrictionNow(decision, history), isSettled: isSettled(decision, history) }
    found.push({ decision, restsOn: roots.sort(), voids, ...standing })
  }
  return found
}
