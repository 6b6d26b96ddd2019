import type { AuditedRule } from './audited.ts'

/** Each family of alarms, and what its alarms say for people. */
export const families = {
  counterfactual: 'flags what the version before it would not have flagged',
  paired: 'finds what the version before it does not find in the same content',
  pipeline: 'decides what no rule asks for',
  audit: 'leads to decisions that reviewers find wrong',
} as const

export type AlarmFamily = keyof typeof families

/** What an alarm is about: what is suspected to be at fault. */
export type Suspects =
  | { readonly ruleset: string; readonly version: string; readonly rule: string }
  | { readonly detector: { readonly id: string; readonly version: string } }
  | AuditedRule
  | { readonly decidedBy: { readonly kind: string; readonly id: string } }

/** The event that a unit is about. */
export type UnitEvent = { readonly sequence: number; readonly id: string; readonly account: string }

/** Something of which few should be 1: whether this one is. */
export type Unit = {
  readonly family: AlarmFamily
  readonly key: Suspects
  readonly event: UnitEvent
  /** When that was recorded, in ms. Does not decrease for one key. */
  readonly at: number
  readonly isOne: boolean
  /** The probability that it is 1, at most, while all is well. */
  readonly p0: number
}

export type Alarm = {
  /** The same for whoever folds the ledger. */
  readonly alarmId: string
  readonly family: AlarmFamily
  readonly key: Suspects
  readonly statistic: number
  readonly threshold: number
  /** How many units there were since the key started, or started again. */
  readonly units: number
  /** When it sounded, in ms by the clock of the ledger. */
  readonly at: number
  /** The event by which it is known: the ledger up to this sequence is enough. */
  readonly sequence: number
  /** The first units that were 1, of the 24 hours before: ten at most. */
  readonly first: ReadonlyArray<UnitEvent>
  /** How many accounts had a unit that was 1 in those hours. */
  readonly accounts: number
  /** The alarm on the same key, in the 24 hours before, that it repeats; null: it is the first. */
  readonly repeats: string | null
  /** Whether people are told: of a first one; of repeats, when the accounts have doubled since they were told. */
  readonly isTold: boolean
}
