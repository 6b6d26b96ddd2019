import { memo } from '../../foundation/memo.ts'
import type { Policy, Ruleset } from '../../rulesets/ruleset.ts'
import {
  type AccountHistory,
  isByHuman,
  isInScope,
  type PlacedDecision,
  type PlacedFlag,
  type VoidedAt,
} from '../model/history.ts'
import { versionFor } from '../model/versions.ts'
import { type EvidenceFor, evidenceFor, isVoidedFor, voidedAtIn } from './evidence.ts'
import { type DayContext, type JudgingContext, truthLeftBy } from './judging-context.ts'
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

/** What the rules of the day said about a decision (A). */
export type JudgementOfTheDay = {
  readonly decision: PlacedDecision
  readonly evidence: EvidenceFor
  /** The version whose policies A uses; undefined: it was never published. */
  readonly versionOfTheDay: Ruleset | undefined
  readonly original: Verdict
  /** The policies of the day that acted; none for a removal or a human's decision. */
  readonly actedOfTheDay: ReadonlyArray<Policy>
}

/** The judgement of a decision while cascades may still change it. */
export type JudgementSoFar = JudgementOfTheDay & {
  /** What the corrected rules say of the corrected evidence (B). */
  readonly corrected: Verdict
  readonly class: Class
}

/** What a correction did to the evidence for a decision, whatever came of it. */
export type Touched = {
  /** A withdrawal leaves a flag in evidence false or unknown. */
  readonly withdrawn: boolean
  /** A rescoring counts for a flag in evidence. */
  readonly rescored: boolean
}

/** A judged decision, with the flags that it fell by. */
export type Judgement = JudgementSoFar & {
  /** The flags that carried it and are not true under B; empty unless the replay reports why it fell. */
  readonly fallen: ReadonlyArray<PlacedFlag>
  readonly touched: Touched
}

export const isWrongful = (cls: Class): boolean => cls === 'wrongful' || cls === 'unexplained_wrongful'

/** Judges an account's decisions in scope, in order. */
export const judgeAccount = (
  context: JudgingContext,
  account: AccountHistory,
): ReadonlyArray<JudgementSoFar> => {
  const { history, corrected } = context
  if (account.decisions.length === 0) return []
  const voidedAt = voidedAtIn(account.flags, history.voidedAt)
  const records = { flags: history.flags, voidedAt }
  const ofTheDay = talliesOf(account, context.readOfTheDay, voidedAt)
  const correct = correctedVerdicts(context, account, voidedAt)
  const agreed = corrected.agreeOn(account)
  const judged: JudgementSoFar[] = []
  for (const decision of account.decisions) {
    if (!isInScope(decision, corrected.id)) continue
    const evidence = evidenceFor(decision, records, corrected.id)
    const { versionOfTheDay, original, actedOfTheDay } = answerOfTheDay(context, decision, evidence, ofTheDay)
    // A person's decision is as recorded under A whatever it was based on, so there is nothing to agree on.
    const isAgreed = agreed && !isByHuman(decision)
    const verdict = isAgreed ? original : correct.verdictOn(decision, evidence)
    const cls = classify(decision, original, verdict)
    correct.sawClass(cls)
    judged.push({
      decision,
      evidence,
      versionOfTheDay,
      original,
      actedOfTheDay,
      corrected: verdict,
      class: cls,
    })
  }
  return judged
}

/** Judges one decision by the rules of the day alone: by the versions of `rulesetId`. */
export const judgeOfTheDay = (
  context: DayContext,
  decision: PlacedDecision,
  rulesetId: string,
): JudgementOfTheDay => {
  const evidence = evidenceFor(decision, context.history, rulesetId)
  const account = context.history.accounts.get(decision.account)
  if (account === undefined)
    throw new RangeError(`the history has no account for the decision ${decision.data.decisionId}`)
  return {
    decision,
    evidence,
    ...answerOfTheDay(
      context,
      decision,
      evidence,
      talliesOf(account, context.readOfTheDay, context.history.voidedAt),
    ),
  }
}

/** An account's sums, one tally for each ruleset that judges decisions of it. */
const talliesOf = (
  account: AccountHistory,
  readFor: (own: Ruleset) => Read,
  voidedAt: VoidedAt,
): ((own: Ruleset) => Tally) =>
  memo((own) => tallyOf(account, { policies: own.policies, read: readFor(own), voidedAt }))

type AnswerOfTheDay = Omit<JudgementOfTheDay, 'decision' | 'evidence'>

const answerOfTheDay = (
  { versions }: DayContext,
  decision: PlacedDecision,
  evidence: EvidenceFor,
  tallyFor: (own: Ruleset) => Tally,
): AnswerOfTheDay => {
  const versionOfTheDay = versionFor(decision, versions)
  if (isByHuman(decision))
    return { versionOfTheDay, original: asRecorded(decision), actedOfTheDay: noPolicies }
  if (versionOfTheDay === undefined)
    return { versionOfTheDay, original: unknownVerdict, actedOfTheDay: noPolicies }
  const tally = tallyFor(versionOfTheDay)
  if (decision.kind === 'removal')
    return { versionOfTheDay, original: tally.removal(decision, evidence), actedOfTheDay: noPolicies }
  const answers = tally.deactivation(decision, evidence)
  const acted = answers.filter(({ acts }) => acts === 'true').map(({ policy }) => policy)
  return { versionOfTheDay, original: verdictOfPolicies(answers), actedOfTheDay: acted }
}

const noPolicies: ReadonlyArray<Policy> = []

/** B's verdicts on one account's decisions in scope, which must be queried in order, each followed by its class. */
export type CorrectedVerdicts = {
  readonly verdictOn: (decision: PlacedDecision, evidence: EvidenceFor) => Verdict
  readonly sawClass: (cls: Class) => void
}

export const correctedVerdicts = (
  context: JudgingContext,
  account: AccountHistory,
  voidedAt: VoidedAt = context.history.voidedAt,
): CorrectedVerdicts => {
  const { corrected } = context
  const tallyFor = talliesOf(account, corrected.read, voidedAt)
  let earlierWrongful = false
  return {
    verdictOn: (decision, evidence) => {
      if (isByHuman(decision)) return verdictOnHuman(context, decision, evidence, earlierWrongful)
      const own = corrected.rulesetFor(decision)
      if (own === undefined) return unknownVerdict
      const tally = tallyFor(own)
      return decision.kind === 'removal'
        ? tally.removal(decision, evidence)
        : verdictOfPolicies(tally.deactivation(decision, evidence))
    },
    sawClass: (cls) => {
      earlierWrongful ||= isWrongful(cls)
    },
  }
}

const asRecorded = (decision: PlacedDecision): Verdict => ({
  verdict: 'act',
  restriction: decision.kind === 'deactivation' ? decision.data.restriction : null,
  perhaps: null,
})

/** No rule overrules a person; if what they were shown no longer holds, a person must look again. */
const verdictOnHuman = (
  context: JudgingContext,
  decision: PlacedDecision,
  evidence: EvidenceFor,
  earlierWrongful: boolean,
): Verdict => {
  const shaken =
    decision.data.grounds.length === 0
      ? earlierWrongful
      : evidence.missingGrounds.length > 0 ||
        evidence.grounds.some((flag) => !stillHolds(context, flag, decision))
  return shaken ? unknownVerdict : asRecorded(decision)
}

const stillHolds = (context: JudgingContext, flag: PlacedFlag, decision: PlacedDecision): boolean => {
  if (isVoidedFor(flag, decision.place, context.history.voidedAt)) return false
  return truthLeftBy(context, context.corrected.rulesetFor(decision))(flag) === 'true'
}

/** The class of a decision, from the table of A and B and the severity of R. */
export const classify = (decision: PlacedDecision, original: Verdict, corrected: Verdict): Class => {
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
