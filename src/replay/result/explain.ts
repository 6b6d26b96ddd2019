import * as E from '#fp/Either'
import { formatInstant } from '../../domain/time.ts'
import type { Ruleset, Truth } from '../../rulesets/ruleset.ts'
import { type History, isByHuman, type PlacedDecision, type PlacedFlag } from '../model/history.ts'
import { indexVersions, versionsThatMayJudge } from '../model/versions.ts'
import type { EvidenceTaken } from '../reference/corrected-evidence.ts'
import { flagsInEvidence, isOnContent, isVoidedFor } from '../reference/evidence.ts'
import { type Judgement, type JudgementOfTheDay, judgeOfTheDay } from '../reference/judge.ts'
import type { Findings } from '../reference/judge-history.ts'
import type { DayContext } from '../reference/judging-context.ts'
import { type Read, type Reading, readUnderRulesOfTheDay } from '../reference/reading.ts'
import { isInTime, type PolicySum, sumPolicies } from '../reference/verdict.ts'
import { type EvidenceExplained, explainEvidence } from './explain-evidence.ts'
import { type Row, type RowOfTheDay, rowOfDecision, rowOfTheDay } from './rows.ts'

/** How one answer reads one flag. */
export type FlagUnder = {
  readonly rule: string | null
  readonly category: string | null
  readonly condition: string | null
  readonly truth: Truth
  readonly strikes: number
  /** When its strikes expire (RFC 3339); null: never, or it has none. */
  readonly expires: string | null
  readonly expired: boolean
  /** Its rule's version was never published. */
  readonly lost: boolean
  readonly removesContent: boolean
  /** The most that the decisions it exists because of allow it to be; absent if it names none. */
  readonly cap?: Truth
}

export type FlagExplained = {
  readonly flagId: string
  readonly occurredAt: string
  readonly ground: boolean
  /** It is voided and counts for nothing. */
  readonly voided: boolean
  readonly category: string
  readonly source: string
  readonly content: { readonly id: string; readonly kind: string } | null
  readonly detector: { readonly kind: string; readonly id: string; readonly version: string }
  readonly ruleset: { readonly id: string; readonly version: string } | null
  readonly signals: Readonly<Record<string, number | string | boolean>>
  readonly becauseOf: ReadonlyArray<string>
  /** What the correction makes of this evidence; null: it leaves it as recorded. */
  readonly evidence: EvidenceExplained | null
  /** Null if that answer has no ruleset to judge by. */
  readonly original: FlagUnder | null
  readonly corrected: FlagUnder | null
}

export type PolicyExplained = {
  readonly policy: string
  readonly restriction: string
  readonly atLeast: number
  /** When its window begins (RFC 3339, exclusive); null: unlimited. */
  readonly windowStart: string | null
  readonly low: number
  readonly high: number
  readonly acts: Truth
  /** The flags that counted. */
  readonly counted: ReadonlyArray<string>
}

/** What the rules of the day said of a decision, and everything that this follows from. */
export type ExplanationOfTheDay = Explained & { readonly row: RowOfTheDay; readonly corrected: null }

/** Everything that a decision's class follows from. */
export type Explanation = Explained & { readonly row: Row; readonly corrected: AnswerExplained }

type AnswerExplained = {
  /** The version whose policies it uses; null: it was never published. */
  readonly ruleset: { readonly version: string; readonly sha256: string } | null
  readonly policies: ReadonlyArray<PolicyExplained>
}

/** How B reads a flag, and the evidence that it takes. */
type ReadCorrected = (flag: PlacedFlag) => { readonly reading: Reading; readonly evidence: EvidenceTaken }

type Explained = {
  readonly grounds: ReadonlyArray<string>
  readonly missingGrounds: ReadonlyArray<string>
  readonly unjudgeable: ReadonlyArray<string>
  readonly decidedBy: { readonly kind: string; readonly id: string }
  readonly original: AnswerExplained
  /** All flags of the account that could bear on it, including voided ones; in order. */
  readonly flags: ReadonlyArray<FlagExplained>
}

/** Explains one judged decision. Pure. */
export const explain = (judgement: Judgement, findings: Findings): Explanation => {
  const { context } = findings
  const own = context.corrected.rulesetFor(judgement.decision)
  const read = context.corrected.read(own)
  return {
    row: rowOfDecision(judgement, findings),
    ...explained(judgement, context, (flag) => ({ reading: read(flag), evidence: context.evidenceOf(flag) })),
    corrected: answerExplained(judgement, context.history, own, read),
  }
}

/**
 * Explains one decision under the rules of the day alone, by the ruleset that it names; if it names none, by the only
 * ruleset with a version in force then. Left: the ids of the candidate rulesets, none or several. Pure.
 */
export const explainOfTheDay = (
  decision: PlacedDecision,
  history: History,
): E.Either<ReadonlyArray<string>, ExplanationOfTheDay> => {
  const byId = Map.groupBy(history.versions, ({ ruleset }) => ruleset.id)
  const possible = versionsThatMayJudge(
    decision,
    new Map(Array.from(byId, ([id, of]) => [id, indexVersions(of)])),
  )
  const [only] = possible
  if (only === undefined || possible.length > 1) return E.left(possible.map(([id]) => id).sort())
  const [rulesetId, versions] = only
  const context: DayContext = { history, versions, readOfTheDay: readUnderRulesOfTheDay(rulesetId, versions) }
  const judged = judgeOfTheDay(context, decision, rulesetId)
  return E.right({ row: rowOfTheDay(judged), ...explained(judged, context, null), corrected: null })
}

const explained = (
  judged: JudgementOfTheDay,
  { history, readOfTheDay }: DayContext,
  readCorrected: ReadCorrected | null,
): Explained => {
  const { decision, evidence, versionOfTheDay: own } = judged
  const readOriginal = own === undefined ? null : readOfTheDay(own)
  const grounds = new Set(evidence.grounds)
  return {
    grounds: decision.data.grounds,
    missingGrounds: evidence.missingGrounds,
    unjudgeable: evidence.unjudgeable.map(({ data }) => data.flagId),
    decidedBy: decision.data.decidedBy,
    original: answerExplained(judged, history, own, readOriginal),
    flags: bearingFlags(judged, history, grounds).map((flag) => ({
      ...explainFlag(flag, decision, readOriginal, readCorrected),
      ground: grounds.has(flag),
      voided: isVoidedFor(flag, decision.place, history.voidedAt),
    })),
  }
}

const answerExplained = (
  judged: JudgementOfTheDay,
  history: History,
  own: Ruleset | undefined,
  read: Read | null,
): AnswerExplained =>
  own === undefined || read === null
    ? { ruleset: null, policies: [] }
    : {
        ruleset: { version: own.version, sha256: own.sha256 },
        policies: policiesOf(judged, history, own, read),
      }

const policiesOf = (
  { decision, evidence }: JudgementOfTheDay,
  history: History,
  ruleset: Ruleset,
  read: Read,
): ReadonlyArray<PolicyExplained> =>
  decision.kind === 'removal' || isByHuman(decision)
    ? []
    : sumPolicies(ruleset.policies, {
        evidence,
        flags: flagsInEvidence(decision, evidence, history),
        read,
        moment: decision.place,
      }).map((sum) => explainPolicy(sum, decision.place.at))

/** The evidence, including what was voided; for a removal, only what is on the content or among its grounds. */
const bearingFlags = (
  { decision, evidence }: JudgementOfTheDay,
  history: History,
  grounds: ReadonlySet<PlacedFlag>,
): ReadonlyArray<PlacedFlag> => {
  const bearing = new Set([...flagsInEvidence(decision, evidence, history), ...grounds])
  const flags = history.accounts.get(decision.account)?.flags ?? []
  return flags.filter(
    (flag) =>
      (bearing.has(flag) || isVoidedFor(flag, decision.place, history.voidedAt)) &&
      (decision.kind === 'deactivation' || isOnContent(flag, decision) || grounds.has(flag)),
  )
}

const explainFlag = (
  flag: PlacedFlag,
  decision: PlacedDecision,
  readOriginal: Read | null,
  readCorrected: ReadCorrected | null,
): Omit<FlagExplained, 'ground' | 'voided'> => {
  const { data, place } = flag
  const { at } = decision.place
  const corrected = readCorrected?.(flag)
  return {
    flagId: data.flagId,
    occurredAt: formatInstant(place.at),
    category: data.category,
    source: data.source,
    content: data.content === undefined ? null : { id: data.content.id, kind: data.content.kind },
    detector: data.detector,
    ruleset: data.ruleset === undefined ? null : { id: data.ruleset.id, version: data.ruleset.version },
    signals: data.signals,
    becauseOf: data.becauseOf ?? [],
    evidence: corrected === undefined ? null : explainEvidence(flag, corrected.reading, corrected.evidence),
    original: readOriginal === null ? null : flagUnder(flag, readOriginal(flag), at),
    corrected: corrected === undefined ? null : flagUnder(flag, corrected.reading, at),
  }
}

const flagUnder = (flag: PlacedFlag, reading: Reading, at: number): FlagUnder => {
  const { rule, truth, lost, cap } = reading
  const lifetime = rule === null || rule.strikes === 0 ? null : rule.strikesExpireAfter
  return {
    rule: rule?.id ?? null,
    category: rule?.category ?? null,
    condition: rule?.when ?? null,
    truth,
    strikes: rule?.strikes ?? 0,
    expires: lifetime === null ? null : formatIfPossible(flag.place.at + lifetime),
    expired: !isInTime(lifetime, flag.place.at, at),
    lost,
    removesContent: rule?.removesContent ?? false,
    ...(flag.data.becauseOf?.length ? { cap } : {}),
  }
}

const explainPolicy = ({ policy, low, high, acts, counted }: PolicySum, at: number): PolicyExplained => ({
  policy: policy.id,
  restriction: policy.restriction,
  atLeast: policy.atLeast,
  windowStart: policy.within === null ? null : formatIfPossible(at - policy.within),
  low,
  high,
  acts,
  counted: counted.map(({ flag }) => flag.data.flagId),
})

/** An instant as text; null beyond the years that RFC 3339 can express, which is as good as never. */
const formatIfPossible = (at: number): string | null => {
  const year = new Date(at).getUTCFullYear()
  return year >= 0 && year <= 9999 ? formatInstant(at) : null
}
