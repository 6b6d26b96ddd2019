import type { Signals } from '../../domain/parts.ts'
import type { Evidence, Ruleset, SignalType } from '../../rulesets/ruleset.ts'
import type { FiringCounts, TruthPair } from './counts.ts'

/** What is rehearsed. */
export type Question = {
  /** The version that is compared with, of the same id; null: none is in force. */
  readonly old: Ruleset | null
  readonly next: Ruleset
  /** How many pieces of evidence to draw for each rule. */
  readonly sample: number
}

/** Evidence counts from `from` to `to`, by occurredAt, in ms, both inclusive. */
export type RehearsalWindow = { readonly from: number; readonly to: number }

/** A piece of evidence on which the new version of a rule fires and the old one does not. */
export type Drawn = {
  readonly kind: 'flag' | 'evaluation'
  /** Its event. */
  readonly source: string
  readonly id: string
  /** In ms. */
  readonly occurredAt: number
  /** Null: the flag is about no content. */
  readonly content: { readonly id: string; readonly kind: string } | null
  readonly detector: Evidence['detector']
  readonly signals: Signals
  readonly truth: TruthPair
}

type DetectorCounts = {
  readonly detector: Omit<Evidence['detector'], 'kind'>
  readonly counts: FiringCounts
}
type AgeCounts = { readonly age: string; readonly counts: FiringCounts }

/** What a rehearsal says of one rule. Of what fires under neither version only `counts` counts what is unknown. */
export type RehearsedRule = {
  /** The new rule's id; if nothing continues it, the old rule's. */
  readonly id: string
  readonly change: 'kept' | 'added' | 'removed'
  /** The ids of the old rules that it continues, if other than its own. */
  readonly replaces: ReadonlyArray<string>
  /** The old conditions, as written: one for each old rule. */
  readonly was: ReadonlyArray<string>
  /** The new condition; null: the rule is removed. */
  readonly now: string | null
  readonly counts: FiringCounts
  /** By id and version. */
  readonly byDetector: ReadonlyArray<DetectorCounts>
  /** In the order of the bands; empty: neither version declares how old accounts are. */
  readonly byAccountAge: ReadonlyArray<AgeCounts>
  /** Drawn by the hash of source and id, so that everybody sees the same. */
  readonly sample: ReadonlyArray<Drawn>
}

/** Accounts that only one version would deactivate in the window. */
export type RehearsedAccounts = {
  readonly onlyOld: number
  readonly onlyNew: number
  /** Some of them, drawn by the hash of the id. */
  readonly sample: { readonly onlyOld: ReadonlyArray<string>; readonly onlyNew: ReadonlyArray<string> }
}

/** A signal that the new version declares, and how much of the evidence has no value for it that fits its type. */
type LackingSignal = { readonly name: string; readonly type: SignalType; readonly lacking: number }

/** What a new version would do that the old one does not, over recorded evidence, and the reverse. */
export type Rehearsal = {
  readonly old: Ruleset | null
  readonly next: Ruleset
  readonly window: RehearsalWindow
  readonly evidence: { readonly flags: number; readonly evaluations: number }
  /** The new version's rules in its order, then those that it no longer has. */
  readonly rules: ReadonlyArray<RehearsedRule>
  readonly accounts: RehearsedAccounts
  /** In the order of the document. */
  readonly signals: ReadonlyArray<LackingSignal>
}
