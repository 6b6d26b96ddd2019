import { comparePlaces, type Place } from '../domain/order.ts'
import {
  type AccountHistory,
  contentKey,
  type Decision,
  type Flag,
  type History,
  type Voiding,
} from './history.ts'
import { isOfRuleset } from './reading.ts'

/** When a flag was voided first; undefined: it never was. */
export type VoidedAt = (flag: Flag) => Place | undefined

/** A voiding reaches only the flags of its own account. */
export const indexVoidings = (
  voidings: ReadonlyArray<Voiding>,
  flags: ReadonlyMap<string, Flag>,
): VoidedAt => {
  const firsts = new Map<Flag, Place>()
  for (const { place, account, flagIds } of voidings) {
    for (const flagId of flagIds) {
      const flag = flags.get(flagId)
      if (flag === undefined || flag.account !== account) continue
      const first = firsts.get(flag)
      if (first === undefined || comparePlaces(place, first) < 0) firsts.set(flag, place)
    }
  }
  return (flag) => firsts.get(flag)
}

/** The recorded evidence for one decision. */
export type EvidenceFor = {
  /** The account's flags before the decision and its grounds, less the voided; in order. */
  readonly flags: ReadonlyArray<Flag>
  /** Its grounds that are flags of its account in the ledger, voided or not. */
  readonly grounds: ReadonlyArray<Flag>
  /** Grounds that are not. */
  readonly missingGrounds: ReadonlyArray<string>
  /** Unvoided grounds that no rule of the ruleset's id can judge. */
  readonly unjudgeable: ReadonlyArray<Flag>
}

export const isVoidedFor = (flag: Flag, moment: Place, voidedAt: VoidedAt): boolean => {
  const place = voidedAt(flag)
  return place !== undefined && comparePlaces(place, moment) < 0
}

/** Whether a flag is about the content that a removal took down. */
export const isOnContent = (flag: Flag, decision: Decision): boolean =>
  decision.kind === 'removal' &&
  flag.data.content !== undefined &&
  contentKey(flag.data.content) === contentKey(decision.data.content)

/** Gathers the evidence for a decision of `account`, to be judged by rulesets of `rulesetId`. */
export const evidenceFor = (
  decision: Decision,
  account: AccountHistory,
  history: Pick<History, 'flags'>,
  voidedAt: VoidedAt,
  rulesetId: string,
): EvidenceFor => {
  const groundIds = new Set<string>(decision.data.grounds)
  const flags = account.flags.filter(
    (flag) =>
      (comparePlaces(flag.place, decision.place) < 0 || groundIds.has(flag.data.flagId)) &&
      !isVoidedFor(flag, decision.place, voidedAt),
  )
  const grounds: Flag[] = []
  const missingGrounds: string[] = []
  for (const id of groundIds) {
    const flag = history.flags.get(id)
    if (flag?.account === account.account) grounds.push(flag)
    else missingGrounds.push(id)
  }
  const unjudgeable = grounds.filter(
    (flag) =>
      (flag.data.rule === undefined || !isOfRuleset(flag, rulesetId)) &&
      !(flag.data.detector.kind === 'human' && isOnContent(flag, decision)) &&
      !isVoidedFor(flag, decision.place, voidedAt),
  )
  return { flags, grounds, missingGrounds, unjudgeable }
}
