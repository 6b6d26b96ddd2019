import type { AftermathOf } from '../../domain/aftermath.ts'
import type { StoredEvent } from '../../domain/event.ts'
import type { Place } from '../../domain/order.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'

/** A flag that counts: the first of its flagId. */
export type PlacedFlag = {
  readonly place: Place
  readonly account: string
  readonly data: StoredEvent<'flag.raised.v1'>['data']
}

/** A decision that counts: the first of its decisionId. */
export type PlacedDecision = { readonly place: Place; readonly account: string } & (
  | {
      readonly kind: 'deactivation'
      readonly data: StoredEvent<'account.deactivated.v1'>['data']
      /** Its end as first made, in ms; null: none. */
      readonly until: number | null
    }
  | { readonly kind: 'removal'; readonly data: StoredEvent<'content.removed.v1'>['data'] }
)
export type PlacedDeactivation = Extract<PlacedDecision, { kind: 'deactivation' }>

/** Evidence on which nothing fired at the time. */
export type Evaluation = { readonly place: Place; readonly data: StoredEvent<'content.evaluated.v1'>['data'] }

/** A version of a ruleset that was published: the first document of that version. */
export type VersionOnRecord = {
  readonly place: Place
  /** In ms since the epoch. */
  readonly effectiveFrom: number
  readonly ruleset: Ruleset
}

/** Something published again under an id that was taken: it does not count. */
export type ReusedId = {
  readonly kind: 'flag' | 'decision' | 'appeal filing' | 'appeal answer' | 'ruleset version'
  readonly id: string
  readonly account: string
  readonly occurredAt: number
  readonly source: string
  readonly eventId: string
}

/** When a flag was voided first; undefined: it never was. */
export type VoidedAt = (flag: PlacedFlag) => Place | undefined

export type AccountHistory = {
  readonly account: string
  /** In order. */
  readonly flags: ReadonlyArray<PlacedFlag>
  /** In order, those in scope and those that are not. */
  readonly decisions: ReadonlyArray<PlacedDecision>
  /** In order; only those that are worth keeping. */
  readonly evaluations: ReadonlyArray<Evaluation>
}

/** All that exists, arranged for a replay. It depends on the events alone, never on their delivery. */
export type History = {
  /** By account id (UTF-8). */
  readonly accounts: ReadonlyMap<string, AccountHistory>
  readonly flags: ReadonlyMap<string, PlacedFlag>
  readonly decisions: ReadonlyMap<string, PlacedDecision>
  readonly aftermathOf: AftermathOf
  /** The decisions that an unanswered appeal was filed against. */
  readonly appealPending: ReadonlySet<string>
  readonly voidedAt: VoidedAt
  /** Of the replayed ruleset's id; of all, for the rules of the day alone. By effectiveFrom, then in order. */
  readonly versions: ReadonlyArray<VersionOnRecord>
  /** In order. */
  readonly reusedIds: ReadonlyArray<ReusedId>
  /** The latest occurredAt, in ms; null when nothing exists. */
  readonly end: number | null
  readonly events: number
  /** Accounts that were left out, for the ledger's streams of them are not whole; sorted. */
  readonly withoutAccounts: ReadonlyArray<string>
}

/** The identity of a piece of content: pin 77 and board 77 are two things. */
export const contentKey = (content: { readonly kind: string; readonly id: string }): string =>
  `${content.kind} ${content.id}`

/** Whether a replay of the rulesets of this id judges a decision: it names that id (any version), or none. */
export const isInScope = (decision: PlacedDecision, rulesetId: string): boolean =>
  decision.data.ruleset === undefined || decision.data.ruleset.id === rulesetId

export const isByHuman = (decision: PlacedDecision): boolean => decision.data.decidedBy.kind === 'human'

/** Whether a flag, as far as it says, belongs to the rulesets of this id. */
export const isOfRuleset = (flag: PlacedFlag, rulesetId: string): boolean =>
  flag.data.ruleset === undefined || flag.data.ruleset.id === rulesetId
