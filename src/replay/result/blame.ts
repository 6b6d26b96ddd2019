import { compareUtf8 } from '../../domain/order.ts'
import { formatInstant } from '../../domain/time.ts'
import { memo } from '../../foundation/memo.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { PlacedFlag, PlacedRescoring } from '../model/history.ts'
import type { EvidenceTaken } from '../reference/corrected-evidence.ts'
import { isBlamed } from '../reference/fallen.ts'
import type { Judgement } from '../reference/judge.ts'
import type { JudgingContext } from '../reference/judging-context.ts'
import { type Reading, truthOf } from '../reference/reading.ts'
import { lower } from '../reference/truth.ts'

type DetectorRef = { readonly id: string; readonly version: string }

/** What caused decisions that do not stand. */
export type Cause =
  | {
      /** Flags that fell: by this rule, under this version, found by this detector. */
      readonly kind: 'flags'
      readonly rule: string | null
      readonly rulesetVersion: string | null
      readonly detector: DetectorRef
      /** The withdrawals that they fell by; absent: they would have fallen without any. */
      readonly withdrawals?: ReadonlyArray<string>
      /** The detector that found something else when it looked again; absent: they did not fall by that. */
      readonly rescoredBy?: DetectorRef
    }
  /** No rule asked for it, or not for this much: the decider acted without a rule. */
  | { readonly kind: 'pipeline'; readonly decidedBy: { readonly kind: string; readonly id: string } }
  /** The flags hold, but what they add up to was corrected. A removal's policy is its rule's `removes_content`. */
  | { readonly kind: 'policy'; readonly policy: string; readonly rulesetVersion: string }

export type Blame = {
  readonly cause: Cause
  /** Decisions that this alone explains, and those that it explains together with other causes. */
  readonly alone: number
  readonly jointly: number
  /** When the first and the last of those decisions were made. */
  readonly first: string
  readonly last: string
}

/** Finds what explains each decision that does not stand; nothing for one that does. */
export const causesIn = (context: JudgingContext): ((judgement: Judgement) => ReadonlyArray<Cause>) => {
  const causesUnder = memo((own: Ruleset | undefined) => {
    const read = context.corrected.read(own)
    return memo((flag: PlacedFlag) => causeOfFlag(flag, read(flag), context.evidenceOf(flag)))
  })
  return (judgement) => {
    if (!isBlamed(judgement)) return nothing
    const { fallen, decision } = judgement
    if (fallen.length === 0) return otherCauses(judgement)
    return fallen.map(causesUnder(context.corrected.rulesetFor(decision)))
  }
}

const nothing: ReadonlyArray<Cause> = []

/** Makes the blame table of decisions: what explains each (a cause may be there twice), and when it was made (ms). */
export const collectBlame = () => {
  const entries = new Map<
    string,
    { cause: Cause; alone: number; jointly: number; first: number; last: number }
  >()
  const add = (explaining: ReadonlyArray<Cause>, at: number): void => {
    const causes = new Map(explaining.map((cause) => [JSON.stringify(cause), cause]))
    for (const [key, cause] of causes) {
      const entry = entries.get(key) ?? { cause, alone: 0, jointly: 0, first: at, last: at }
      if (causes.size === 1) entry.alone++
      else entry.jointly++
      entry.first = Math.min(entry.first, at)
      entry.last = Math.max(entry.last, at)
      entries.set(key, entry)
    }
  }
  /** The causes of most decisions first. */
  const finish = (): ReadonlyArray<Blame> =>
    [...entries]
      .sort(([a, x], [b, y]) => y.alone + y.jointly - (x.alone + x.jointly) || compareUtf8(a, b))
      .map(([, entry]) => ({
        ...entry,
        first: formatInstant(entry.first),
        last: formatInstant(entry.last),
      }))
  return { add, finish }
}

/** Why a decision fell if no flag fell: the pipeline, or the policies that acted. */
const otherCauses = (judgement: Judgement): ReadonlyArray<Cause> => {
  const { decision, original, versionOfTheDay } = judgement
  const recorded = decision.kind === 'deactivation' ? decision.data.restriction : null
  if (original.verdict === 'none' || original.restriction !== recorded) {
    const { kind, id } = decision.data.decidedBy
    return [{ kind: 'pipeline', decidedBy: { kind, id } }]
  }
  const rulesetVersion = versionOfTheDay?.version ?? 'unknown'
  if (decision.kind === 'removal') return [{ kind: 'policy', policy: 'removes_content', rulesetVersion }]
  return judgement.actedOfTheDay.map((policy) => ({
    kind: 'policy',
    policy: policy.id,
    rulesetVersion,
  }))
}

const causeOfFlag = (flag: PlacedFlag, reading: Reading, evidence: EvidenceTaken): Cause => {
  const { data } = flag
  return {
    kind: 'flags',
    rule: data.rule?.id ?? null,
    rulesetVersion: data.ruleset?.version ?? null,
    detector: refOf(data.detector),
    ...correctedBy(flag, reading, evidence),
  }
}

const refOf = ({ id, version }: DetectorRef): DetectorRef => ({ id, version })

/** Which part of the correction a flag fell by: its withdrawals, else its rescoring, else the rules. */
const correctedBy = (
  flag: PlacedFlag,
  reading: Reading,
  { rescoring, withdrawals, limit }: EvidenceTaken,
): Pick<Extract<Cause, { kind: 'flags' }>, 'withdrawals' | 'rescoredBy'> => {
  const isTrueBy = (read: PlacedRescoring | null): boolean =>
    lower(reading.cap, truthOf(flag, reading, { rescoring: read, limit: 'true' })) === 'true'
  if (isTrueBy(rescoring)) {
    const lowest = withdrawals.filter(({ leaves, answered }) => !answered && leaves === limit)
    return { withdrawals: lowest.map(({ withdrawal }) => withdrawal.id) }
  }
  return rescoring !== null && isTrueBy(null) ? { rescoredBy: refOf(rescoring.data.detector) } : {}
}
