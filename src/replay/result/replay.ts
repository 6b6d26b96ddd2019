import { comparePlaces } from '../../domain/order.ts'
import type { Ruleset } from '../../rules/ruleset.ts'
import { type Decision, type Flag, type History, isInScope } from '../model/history.ts'
import { indexVersions } from '../model/versions.ts'
import { judgeAll } from '../reference/cascade.ts'
import { indexVoidings } from '../reference/evidence.ts'
import { fallenIn } from '../reference/fallen.ts'
import { type Bench, isWrongful, type Judgement } from '../reference/judge.ts'
import { type Missed, missedIn } from '../reference/missed.ts'
import { readUnder, readUnderRulesOfTheDay } from '../reference/reading.ts'
import { indexResting, type Resting } from '../reference/resting.ts'
import { type Beside, standingBeside } from '../reference/standing.ts'
import { type Blame, blameOf } from './blame.ts'
import { digestOf } from './digest.ts'
import { type Fact, factsOf } from './facts.ts'
import { remedyOf } from './remedy.ts'
import { compareMissed, type Row, rowOfDecision, rowOfMissed } from './rows.ts'
import { type Warning, warningsOf } from './warnings.ts'

/** Which rows are reported: decided (or missed) at `from` or later, and before `to` (ms); null: no limit. */
export type Window = { readonly from: number | null; readonly to: number | null }

/** A decision under another ruleset that rests on wrongful ones: not judged, but a person must look. */
export type RestingElsewhere = {
  readonly decision: Decision
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
  readonly digest: string
}

/** All that a replay found out, for those who explain it. */
export type Findings = {
  readonly bench: Bench
  readonly byDecision: ReadonlyMap<string, Judgement>
  /** The flags that fell with a blamed decision, by its id; without an entry none did. */
  readonly fallen: ReadonlyMap<string, ReadonlyArray<Flag>>
  readonly besideOf: (decision: Decision) => Beside
  readonly missed: ReadonlyMap<string, Missed>
  readonly resting: Resting
}

/**
 * Judges every decision in scope: what the rules of the day said, what the corrected ruleset says, cascades to their
 * end, and which accounts were missed. Pure: the same history and ruleset give the same findings.
 */
export const judgeHistory = (history: History, corrected: Ruleset): Findings => {
  const versions = indexVersions(history.versions)
  const voidedAt = indexVoidings(history.voidings, history.flags)
  const resting = indexResting(history)
  const base = { corrected, versions, voidedAt, readOfTheDay: readUnderRulesOfTheDay(versions) }
  const { byDecision, readCorrected } = judgeAll(history, base, readUnder(corrected), resting)
  const bench: Bench = { ...base, history, readCorrected }
  const fallen = new Map<string, ReadonlyArray<Flag>>()
  const missed = new Map<string, Missed>()
  for (const account of history.accounts.values()) {
    for (const [decisionId, flags] of fallenIn(account, bench, byDecision)) fallen.set(decisionId, flags)
    const found = missedIn(account, bench, byDecision)
    if (found !== undefined) missed.set(account.account, found)
  }
  const besideOf = standingBeside(history, corrected.id, byDecision, resting)
  return { bench, byDecision, fallen, besideOf, missed, resting }
}

/** The facts of one judged decision. */
export const factsIn = (judgement: Judgement, findings: Findings): ReadonlyArray<Fact> => {
  const { bench, missed } = findings
  return factsOf(judgement, {
    history: bench.history,
    beside: findings.besideOf(judgement.decision),
    fallenByCascade: fallenOf(judgement, findings).some((flag) => bench.readCorrected(flag).cap === 'false'),
    missedAt: missed.get(judgement.decision.account)?.place,
  })
}

const fallenOf = ({ decision }: Judgement, { fallen }: Findings): ReadonlyArray<Flag> =>
  fallen.get(decision.data.decisionId) ?? []

/** The row of one judged decision. */
export const rowIn = (judgement: Judgement, findings: Findings): Row => {
  const facts = factsIn(judgement, findings)
  const remedy = remedyOf(judgement.decision.kind, judgement.class, facts)
  return rowOfDecision(judgement, facts, fallenOf(judgement, findings), remedy)
}

/** Replays a history under a corrected ruleset and reports what lies in the window. Pure. */
export const replay = (
  history: History,
  corrected: Ruleset,
  window: Window = { from: null, to: null },
): Replay => {
  const findings = judgeHistory(history, corrected)
  const { bench, byDecision, missed } = findings
  const reported = [...byDecision.values()]
    .filter(({ decision }) => isInside(decision.place.at, window))
    .sort((a, b) => comparePlaces(a.decision.place, b.decision.place))
  const missedRows = [...missed.values()]
    .filter(({ place }) => isInside(place.at, window))
    .sort(compareMissed)
  const rows = [...reported.map((judgement) => rowIn(judgement, findings)), ...missedRows.map(rowOfMissed)]
  const inForce = history.versions.map(({ ruleset }) => ruleset)
  return {
    rows,
    blame: blameOf(reported, findings.fallen, bench.versions),
    restingElsewhere: restingElsewhere(findings, window),
    warnings: warningsOf(history, bench),
    inForce,
    digest: digestOf(corrected, inForce, rows, history.withoutAccounts),
  }
}

const isInside = (at: number, { from, to }: Window): boolean =>
  (from === null || at >= from) && (to === null || at < to)

const restingElsewhere = (
  { bench, byDecision, resting }: Findings,
  window: Window,
): ReadonlyArray<RestingElsewhere> => {
  const isWrongfulRoot = ({ data }: Decision): boolean => {
    const judgement = byDecision.get(data.decisionId)
    return judgement !== undefined && isWrongful(judgement.class)
  }
  const mayRest = resting.restingOnAny(isWrongfulRoot)
  const found: RestingElsewhere[] = []
  for (const decision of bench.history.decisions.values()) {
    if (isInScope(decision, bench.corrected.id) || !isInside(decision.place.at, window)) continue
    if (!mayRest(decision)) continue
    const roots = [...resting.rootsOf(decision)].filter(isWrongfulRoot).map(({ data }) => data.decisionId)
    found.push({ decision, restsOn: roots.sort() })
  }
  return found.sort((a, b) => comparePlaces(a.decision.place, b.decision.place))
}
