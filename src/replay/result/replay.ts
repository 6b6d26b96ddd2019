import { comparePlaces } from '../../domain/order.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { Correction } from '../correction/correction.ts'
import { type History, isInScope, type PlacedDecision } from '../model/history.ts'
import { isWrongful } from '../reference/judge.ts'
import { type Findings, judgeHistory } from '../reference/judge-history.ts'
import { type Blame, blameOf } from './blame.ts'
import { digestOf } from './digest.ts'
import { type RescoreList, rescoreListOf } from './rescore-list.ts'
import { compareMissed, type Row, rowOfDecision, rowOfMissed } from './rows.ts'
import { type Warning, warningsOf } from './warnings.ts'

/** Which rows are reported: decided (or missed) in [`from`, `to`) (ms); null: no limit. */
export type Window = { readonly from: number | null; readonly to: number | null }

/** A decision under another ruleset that rests on wrongful ones: not judged, but a person must look. */
export type RestingElsewhere = {
  readonly decision: PlacedDecision
  /** The wrongful decisions, sorted by id. */
  readonly restsOn: ReadonlyArray<string>
}

/** The result of a replay. */
export type Replay = {
  /** The reported rows: decisions in order, then missed accounts by id. */
  readonly rows: ReadonlyArray<Row>
  readonly blame: ReadonlyArray<Blame>
  readonly restingElsewhere: ReadonlyArray<RestingElsewhere>
  readonly warnings: ReadonlyArray<Warning>
  /** Published versions of the ruleset's id, by effectiveFrom. */
  readonly inForce: ReadonlyArray<Ruleset>
  /** What rescorings would settle. */
  readonly rescore: RescoreList
  readonly digest: string
}

/** Replays a history under a correction and reports what is in the window. Pure. */
export const replay = (
  history: History,
  correction: Correction,
  window: Window = { from: null, to: null },
): Replay => {
  const findings = judgeHistory(history, correction)
  const { byDecision, missed } = findings
  const reported = [...byDecision.values()]
    .filter(({ decision }) => isInside(decision.place.at, window))
    .sort((a, b) => comparePlaces(a.decision.place, b.decision.place))
  const missedRows = [...missed.values()]
    .filter(({ place }) => isInside(place.at, window))
    .sort(compareMissed)
  const rows = [
    ...reported.map((judgement) => rowOfDecision(judgement, findings)),
    ...missedRows.map(rowOfMissed),
  ]
  const inForce = history.versions.map(({ ruleset }) => ruleset)
  return {
    rows,
    blame: blameOf(reported, findings.context),
    restingElsewhere: restingElsewhere(findings, window),
    warnings: warningsOf(history, correction),
    inForce,
    rescore: rescoreListOf(reported, findings.context, correction),
    digest: digestOf(correction, inForce, rows, history.withoutAccounts),
  }
}

const isInside = (at: number, { from, to }: Window): boolean =>
  (from === null || at >= from) && (to === null || at < to)

const restingElsewhere = (
  { context, byDecision }: Findings,
  window: Window,
): ReadonlyArray<RestingElsewhere> => {
  const { history, corrected, resting } = context
  const isWrongfulRoot = ({ data }: PlacedDecision): boolean => {
    const judgement = byDecision.get(data.decisionId)
    return judgement !== undefined && isWrongful(judgement.class)
  }
  const mayRest = resting.restingOnAny(isWrongfulRoot)
  const found: RestingElsewhere[] = []
  for (const decision of history.decisions.values()) {
    if (isInScope(decision, corrected.id) || !isInside(decision.place.at, window)) continue
    if (!mayRest(decision)) continue
    const roots = [...resting.rootsOf(decision)].filter(isWrongfulRoot).map(({ data }) => data.decisionId)
    found.push({ decision, restsOn: roots.sort() })
  }
  return found.sort((a, b) => comparePlaces(a.decision.place, b.decision.place))
}
