import type { Ruleset } from '../rules/ruleset.ts'
import { type EvidenceFor, evidenceFor, isVoidedFor, type VoidedAt } from './evidence.ts'
import type { AccountHistory, Decision, Flag, History } from './history.ts'
import { isOfRuleset, type Read } from './reading.ts'
import {
  severity,
  sumPolicies,
  unknownVerdict,
  type Verdict,
  verdictOfPolicies,
  verdictOfRemoval,
} from './verdict.ts'
import type { Versions } from './versions.ts'

export type Class =
  | 'wrongful'
  | 'unexplained_wrongful'
  | 'excessive'
  | 'lenient'
  | 'upheld'
  | 'unexplained_upheld'
  | 'indeterminate'
  | 'unreproducible'

/** A judged decision: what the rules of the day said (A), what the corrected ruleset says (B), and the class. */
export type Judgement = {
  readonly decision: Decision
  readonly evidence: EvidenceFor
  readonly original: Verdict
  readonly corrected: Verdict
  readonly class: Class
}

/** What judging needs to know; `readCorrected` includes the cascades found so far. */
export type Bench = {
  readonly history: History
  readonly corrected: Ruleset
  readonly versions: Versions
  readonly voidedAt: VoidedAt
  readonly readOfTheDay: (own: Ruleset) => Read
  readonly readCorrected: Read
}

/** Whether a replay of this ruleset judges a decision: it names the ruleset's id (any version), or none. */
export const isInScope = (decision: Decision, rulesetId: string): boolean =>
  decision.data.ruleset === undefined || decision.data.ruleset.id === rulesetId

export const isWrongful = (cls: Class): boolean => cls === 'wrongful' || cls === 'unexplained_wrongful'

export const isByHuman = (decision: Decision): boolean => decision.data.decidedBy.kind === 'human'

/** The version whose policies A takes for a decision: the one it names, else the one in force; if published. */
export const versionFor = (decision: Decision, versions: Versions): Ruleset | undefined =>
  decision.data.ruleset === undefined
    ? versions.inForceAt(decision.place.at)
    : versions.named(decision.data.ruleset)

/** Judges an account's decisions in scope, in order. */
export const judgeAccount = (bench: Bench, account: AccountHistory): ReadonlyArray<Judgement> => {
  const judged: Judgement[] = []
  let earlierWrongful = false
  for (const decision of account.decisions) {
    if (!isInScope(decision, bench.corrected.id)) continue
    const evidence = evidenceFor(decision, account, bench.history, bench.voidedAt, bench.corrected.id)
    const human = isByHuman(decision)
    const original = human ? asRecorded(decision) : verdictOfTheDay(bench, decision, evidence)
    const corrected = human
      ? verdictOnHuman(bench, decision, evidence, earlierWrongful)
      : verdictUnder(bench.corrected, decision, evidence, bench.readCorrected)
    const cls = classify(decision, original, corrected)
    judged.push({ decision, evidence, original, corrected, class: cls })
    earlierWrongful ||= isWrongful(cls)
  }
  return judged
}

const verdictOfTheDay = (bench: Bench, decision: Decision, evidence: EvidenceFor): Verdict => {
  const own = versionFor(decision, bench.versions)
  return own === undefined ? unknownVerdict : verdictUnder(own, decision, evidence, bench.readOfTheDay(own))
}

const verdictUnder = (ruleset: Ruleset, decision: Decision, evidence: EvidenceFor, read: Read): Verdict =>
  decision.kind === 'deactivation'
    ? verdictOfPolicies(sumPolicies(ruleset.policies, evidence, read, decision.place))
    : verdictOfRemoval(decision, evidence, read)

const asRecorded = (decision: Decision): Verdict => ({
  verdict: 'act',
  restriction: decision.kind === 'deactivation' ? decision.data.restriction : null,
  perhaps: null,
})

/** No rule overrules a person; where what they were shown no longer holds, a person looks again. */
const verdictOnHuman = (
  bench: Bench,
  decision: Decision,
  evidence: EvidenceFor,
  earlierWrongful: boolean,
): Verdict => {
  const shaken =
    decision.data.grounds.length === 0
      ? earlierWrongful
      : evidence.missingGrounds.length > 0 ||
        evidence.grounds.some((flag) => !stillStands(bench, flag, decision))
  return shaken ? unknownVerdict : asRecorded(decision)
}

/** Of a ground that no rule of this ruleset speaks of, only voids and cascades count. */
const stillStands = (bench: Bench, flag: Flag, decision: Decision): boolean => {
  if (isVoidedFor(flag, decision.place, bench.voidedAt)) return false
  const { truth, cap } = bench.readCorrected(flag)
  const judgeable = flag.data.rule !== undefined && isOfRuleset(flag, bench.corrected.id)
  return (judgeable ? truth : cap) === 'true'
}

/** The class of a decision: the table of A and B, and how severe R was. */
export const classify = (decision: Decision, original: Verdict, corrected: Verdict): Class => {
  if (original.verdict === 'unknown') return 'unreproducible'
  if (corrected.verdict === 'unknown') return 'indeterminate'
  const explained = original.verdict === 'act'
  if (corrected.verdict === 'none') return explained ? 'wrongful' : 'unexplained_wrongful'
  if (decision.kind === 'deactivation' && !isByHuman(decision)) {
    const done = severity(decision.data.restriction)
    const due = severity(corrected.restriction)
    if (due < done) return severity(corrected.perhaps) >= done ? 'indeterminate' : 'excessive'
    if (due > done) return 'lenient'
  }
  return explained ? 'upheld' : 'unexplained_upheld'
}
