import type { Policy, Ruleset } from '../../rules/ruleset.ts'
import {
  type AccountHistory,
  type Decision,
  type Flag,
  type History,
  isByHuman,
  isInScope,
  isOfRuleset,
} from '../model/history.ts'
import { type Versions, versionFor } from '../model/versions.ts'
import { type EvidenceFor, evidenceFor, isVoidedFor, type VoidedAt } from './evidence.ts'
import type { Read } from './reading.ts'
import { type Tally, tallyOf } from './tally.ts'
import { severity, unknownVerdict, type Verdict, verdictOfPolicies } from './verdict.ts'

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
  /** The policies of the day that acted; none of a removal, or where a human decided. */
  readonly actedOfTheDay: ReadonlyArray<Policy>
  readonly corrected: Verdict
  readonly class: Class
}

/** What judging by the rules of the day needs to know. */
export type DayBench = {
  readonly history: History
  readonly versions: Versions
  readonly voidedAt: VoidedAt
  readonly readOfTheDay: (own: Ruleset) => Read
}

/** What judging needs to know; `readCorrected` includes the cascades found so far. */
export type Bench = DayBench & { readonly corrected: Ruleset; readonly readCorrected: Read }

export const isWrongful = (cls: Class): boolean => cls === 'wrongful' || cls === 'unexplained_wrongful'

/** Judges an account's decisions in scope, in order. */
export const judgeAccount = (bench: Bench, account: AccountHistory): ReadonlyArray<Judgement> => {
  const ofTheDay = talliesOfTheDay(bench, account)
  const correct = correctedVerdicts(bench, account)
  const judged: Judgement[] = []
  for (const decision of account.decisions) {
    if (!isInScope(decision, bench.corrected.id)) continue
    const evidence = evidenceFor(decision, bench.history, bench.voidedAt, bench.corrected.id)
    const { original, actedOfTheDay } = verdictOfTheDay(bench, decision, evidence, ofTheDay)
    const corrected = correct.verdictOn(decision, evidence)
    const cls = classify(decision, original, corrected)
    correct.sawClass(cls)
    judged.push({ decision, evidence, original, actedOfTheDay, corrected, class: cls })
  }
  return judged
}

/** Judges one decision by the rules of the day alone: by the versions of `rulesetId`. */
export const judgeOfTheDay = (
  bench: DayBench,
  decision: Decision,
  rulesetId: string,
): Pick<Judgement, 'decision' | 'evidence' | 'original'> => {
  const evidence = evidenceFor(decision, bench.history, bench.voidedAt, rulesetId)
  const account = bench.history.accounts.get(decision.account)
  if (account === undefined)
    throw new RangeError(`the history holds no account of ${decision.data.decisionId}`)
  const { original } = verdictOfTheDay(bench, decision, evidence, talliesOfTheDay(bench, account))
  return { decision, evidence, original }
}

/** A's sums, one tally for each version that decisions of the account were made under. */
const talliesOfTheDay = (bench: DayBench, account: AccountHistory): ((own: Ruleset) => Tally) => {
  const tallies = new Map<Ruleset, Tally>()
  return (own) => {
    const tally = tallies.get(own) ?? tallyOf(account, own.policies, bench.readOfTheDay(own), bench.voidedAt)
    tallies.set(own, tally)
    return tally
  }
}

type OfTheDay = Pick<Judgement, 'original' | 'actedOfTheDay'>

const verdictOfTheDay = (
  bench: DayBench,
  decision: Decision,
  evidence: EvidenceFor,
  tallyFor: (own: Ruleset) => Tally,
): OfTheDay => {
  if (isByHuman(decision)) return { original: asRecorded(decision), actedOfTheDay: [] }
  const own = versionFor(decision, bench.versions)
  if (own === undefined) return { original: unknownVerdict, actedOfTheDay: [] }
  const tally = tallyFor(own)
  if (decision.kind === 'removal') return { original: tally.removal(decision, evidence), actedOfTheDay: [] }
  const answers = tally.deactivation(decision, evidence)
  const acted = answers.filter(({ acts }) => acts === 'true').map(({ policy }) => policy)
  return { original: verdictOfPolicies(answers), actedOfTheDay: acted }
}

/** B's verdicts on one account's decisions in scope, which are asked about in order, each followed by its class. */
export type CorrectedVerdicts = {
  readonly verdictOn: (decision: Decision, evidence: EvidenceFor) => Verdict
  readonly sawClass: (cls: Class) => void
}

export const correctedVerdicts = (bench: Bench, account: AccountHistory): CorrectedVerdicts => {
  const tally = tallyOf(account, bench.corrected.policies, bench.readCorrected, bench.voidedAt)
  let earlierWrongful = false
  return {
    verdictOn: (decision, evidence) =>
      isByHuman(decision)
        ? verdictOnHuman(bench, decision, evidence, earlierWrongful)
        : decision.kind === 'removal'
          ? tally.removal(decision, evidence)
          : verdictOfPolicies(tally.deactivation(decision, evidence)),
    sawClass: (cls) => {
      earlierWrongful ||= isWrongful(cls)
    },
  }
}

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
