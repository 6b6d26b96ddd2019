import { comparePlaces, type Place } from '../../domain/order.ts'
import {
  type History,
  isOfRuleset,
  type PlacedDecision,
  type PlacedFlag,
  type VoidedAt,
} from '../model/history.ts'
import { timelineOf } from './timeline.ts'

/** The part of the recorded evidence that is specific to one decision: its grounds. */
export type EvidenceFor = {
  /** Its grounds that are flags of its account in the ledger, voided or not. */
  readonly grounds: ReadonlyArray<PlacedFlag>
  /** Unvoided grounds dated after the decision; they must have come first, because the decision refers to them. */
  readonly lateGrounds: ReadonlyArray<PlacedFlag>
  /** Grounds that are not flags of its account. */
  readonly missingGrounds: ReadonlyArray<string>
  /** Unvoided grounds that no rule of the ruleset's id can judge. */
  readonly unjudgeable: ReadonlyArray<PlacedFlag>
}

export const isVoidedFor = (flag: PlacedFlag, moment: Place, voidedAt: VoidedAt): boolean => {
  const place = voidedAt(flag)
  return place !== undefined && comparePlaces(place, moment) < 0
}

/** Whether any of some flags of an account is in evidence for a decision. Decisions must be passed in order. */
export const anyInEvidence = (
  flags: ReadonlyArray<PlacedFlag>,
  voidedAt: VoidedAt,
): ((decision: PlacedDecision, evidence: EvidenceFor) => boolean) => {
  if (flags.length === 0) return () => false
  const standing = timelineOf(flags, (flag, moment) => isVoidedFor(flag, moment, voidedAt))
  const chosen = new Set(flags)
  return ({ place }, { lateGrounds }) =>
    standing.at(place).next().done === false || lateGrounds.some((flag) => chosen.has(flag))
}

/** `voidedAt` for one account's flags: most accounts have none that was voided, and then nothing needs to be looked up. */
export const voidedAtIn = (flags: ReadonlyArray<PlacedFlag>, voidedAt: VoidedAt): VoidedAt =>
  flags.some((flag) => voidedAt(flag) !== undefined) ? voidedAt : never

const never: VoidedAt = () => undefined

/** Whether a flag is about the content that a removal took down. */
export const isOnContent = ({ data: { content } }: PlacedFlag, decision: PlacedDecision): boolean =>
  decision.kind === 'removal' &&
  content !== undefined &&
  content.id === decision.data.content.id &&
  content.kind === decision.data.content.kind

/** Collects the grounds of a decision, to be judged by rulesets of `rulesetId`. */
export const evidenceFor = (
  decision: PlacedDecision,
  { flags, voidedAt }: Pick<History, 'flags' | 'voidedAt'>,
  rulesetId: string,
): EvidenceFor => {
  const named: ReadonlyArray<string> = decision.data.grounds
  const grounds: PlacedFlag[] = []
  const missingGrounds: string[] = []
  for (const id of named.length < 2 ? named : new Set(named)) {
    const flag = flags.get(id)
    if (flag?.account === decision.account) grounds.push(flag)
    else missingGrounds.push(id)
  }
  const lateGrounds: PlacedFlag[] = []
  const unjudgeable: PlacedFlag[] = []
  for (const flag of grounds) {
    if (isVoidedFor(flag, decision.place, voidedAt)) continue
    if (comparePlaces(flag.place, decision.place) > 0) lateGrounds.push(flag)
    if (
      (flag.data.rule === undefined || !isOfRuleset(flag, rulesetId)) &&
      !(flag.data.detector.kind === 'human' && isOnContent(flag, decision))
    ) {
      unjudgeable.push(flag)
    }
  }
  return { grounds, lateGrounds, missingGrounds, unjudgeable }
}

/** All flags in evidence for a decision: the account's earlier flags and its grounds, without the voided ones; in order. */
export const flagsInEvidence = (
  decision: PlacedDecision,
  { lateGrounds }: EvidenceFor,
  { accounts, voidedAt }: Pick<History, 'accounts' | 'voidedAt'>,
): ReadonlyArray<PlacedFlag> => {
  const late = new Set(lateGrounds)
  return (accounts.get(decision.account)?.flags ?? []).filter(
    (flag) =>
      late.has(flag) ||
      (comparePlaces(flag.place, decision.place) < 0 && !isVoidedFor(flag, decision.place, voidedAt)),
  )
}
