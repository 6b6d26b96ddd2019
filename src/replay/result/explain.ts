import { formatInstant } from '../../domain/time.ts'
import type { Ruleset, Truth } from '../../rules/ruleset.ts'
import { type Flag, isByHuman } from '../model/history.ts'
import { versionFor } from '../model/versions.ts'
import { flagsInEvidence, isOnContent, isVoidedFor } from '../reference/evidence.ts'
import type { Bench, Judgement } from '../reference/judge.ts'
import type { Read } from '../reference/reading.ts'
import { isInTime, type PolicySum, sumPolicies } from '../reference/verdict.ts'
import { type Findings, rowIn } from './replay.ts'
import type { Row } from './rows.ts'

/** What one answer makes of one flag. */
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
  /** The truest that the decisions it exists because of let it be; absent where it names none. */
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
  /** Null where that answer has no ruleset to judge by. */
  readonly original: FlagUnder | null
  readonly corrected: FlagUnder
}

export type PolicyExplained = {
  readonly policy: string
  readonly restriction: string
  readonly atLeast: number
  /** When its window begins (RFC 3339, exclusive); null: it looks at any time. */
  readonly windowStart: string | null
  readonly low: number
  readonly high: number
  readonly acts: Truth
  /** The flags that counted. */
  readonly counted: ReadonlyArray<string>
}

/** Everything that a decision's class follows from. */
export type Explanation = {
  readonly row: Row
  readonly grounds: ReadonlyArray<string>
  readonly missingGrounds: ReadonlyArray<string>
  readonly unjudgeable: ReadonlyArray<string>
  readonly decidedBy: { readonly kind: string; readonly id: string }
  /** The version whose policies A takes, or null where it was never published. */
  readonly original: {
    readonly ruleset: { readonly version: string; readonly sha256: string } | null
    readonly policies: ReadonlyArray<PolicyExplained>
  }
  readonly corrected: {
    readonly ruleset: { readonly version: string; readonly sha256: string }
    readonly policies: ReadonlyArray<PolicyExplained>
  }
  /** All flags of the account that could bear on it, the voided ones too; in order. */
  readonly flags: ReadonlyArray<FlagExplained>
}

/** Explains one judged decision. Pure. */
export const explain = (judgement: Judgement, findings: Findings): Explanation => {
  const { bench } = findings
  const { decision, evidence } = judgement
  const own = versionFor(decision, bench.versions)
  const readOriginal = own === undefined ? null : bench.readOfTheDay(own)
  const account = bench.history.accounts.get(decision.account)
  const inEvidence = flagsInEvidence(decision, evidence, account, bench.voidedAt)
  const grounds = new Set(evidence.grounds)
  const policies = (ruleset: Ruleset, read: Read): ReadonlyArray<PolicyExplained> =>
    decision.kind === 'removal' || isByHuman(decision)
      ? []
      : sumPolicies(ruleset.policies, evidence, inEvidence, read, decision.place).map((sum) =>
          explainPolicy(sum, decision.place.at),
        )
  const label = ({ version, sha256 }: Ruleset) => ({ version, sha256 })
  return {
    row: rowIn(judgement, findings),
    grounds: decision.data.grounds,
    missingGrounds: evidence.missingGrounds,
    unjudgeable: evidence.unjudgeable.map(({ data }) => data.flagId),
    decidedBy: decision.data.decidedBy,
    original: {
      ruleset: own === undefined ? null : label(own),
      policies: own === undefined || readOriginal === null ? [] : policies(own, readOriginal),
    },
    corrected: { ruleset: label(bench.corrected), policies: policies(bench.corrected, bench.readCorrected) },
    flags: flagsOf(judgement, inEvidence, grounds, bench).map((flag) =>
      explainFlag(flag, judgement, grounds, bench, readOriginal),
    ),
  }
}

/** The evidence and what was voided of it; of a removal, only what is on the content or among its grounds. */
const flagsOf = (
  { decision }: Judgement,
  inEvidence: ReadonlyArray<Flag>,
  grounds: ReadonlySet<Flag>,
  bench: Bench,
): ReadonlyArray<Flag> => {
  const bearing = new Set([...inEvidence, ...grounds])
  const flags = bench.history.accounts.get(decision.account)?.flags ?? []
  return flags.filter(
    (flag) =>
      (bearing.has(flag) || isVoidedFor(flag, decision.place, bench.voidedAt)) &&
      (decision.kind === 'deactivation' || isOnContent(flag, decision) || grounds.has(flag)),
  )
}

const explainFlag = (
  flag: Flag,
  judgement: Judgement,
  grounds: ReadonlySet<Flag>,
  bench: Bench,
  readOriginal: Read | null,
): FlagExplained => {
  const { data, place } = flag
  const { at } = judgement.decision.place
  return {
    flagId: data.flagId,
    occurredAt: formatInstant(place.at),
    ground: grounds.has(flag),
    voided: isVoidedFor(flag, judgement.decision.place, bench.voidedAt),
    category: data.category,
    source: data.source,
    content: data.content === undefined ? null : { id: data.content.id, kind: data.content.kind },
    detector: data.detector,
    ruleset: data.ruleset === undefined ? null : { id: data.ruleset.id, version: data.ruleset.version },
    signals: data.signals,
    becauseOf: data.becauseOf ?? [],
    original: readOriginal === null ? null : flagUnder(flag, readOriginal, at),
    corrected: flagUnder(flag, bench.readCorrected, at),
  }
}

const flagUnder = (flag: Flag, read: Read, at: number): FlagUnder => {
  const { rule, truth, lost, cap } = read(flag)
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

/** An instant as text; null beyond the years that RFC 3339 can write, where it is as good as never. */
const formatIfPossible = (at: number): string | null => {
  const year = new Date(at).getUTCFullYear()
  return year >= 0 && year <= 9999 ? formatInstant(at) : null
}
