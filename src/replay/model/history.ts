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
      /** Its original end, in ms; null: none. */
      readonly until: number | null
    }
  | { readonly kind: 'removal'; readonly data: StoredEvent<'content.removed.v1'>['data'] }
)
export type PlacedDeactivation = Extract<PlacedDecision, { kind: 'deactivation' }>

/** What a detector found when it looked again at what a flag was about. */
export type PlacedRescoring = {
  readonly place: Place
  readonly account: string
  readonly data: StoredEvent<'flag.rescored.v1'>['data']
}

/** Evidence on which nothing fired at the time. */
export type Evaluation = { readonly place: Place; readonly data: StoredEvent<'content.evaluated.v1'>['data'] }

/** A published version of a ruleset: the first document with that version. */
export type VersionOnRecord = {
  readonly place: Place
  /** In ms since the epoch. */
  readonly effectiveFrom: number
  readonly ruleset: Ruleset
}

/** Something published under an id that was already in use: it does not count. */
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
  /** In order, in scope or not. */
  readonly decisions: ReadonlyArray<PlacedDecision>
  /** In order; only those that are needed. */
  readonly evaluations: ReadonlyArray<Evaluation>
}

/** Everything on record, arranged for a replay. Depends only on the events, never on their delivery. */
export type History = {
  /** By account id (UTF-8). */
  readonly accounts: ReadonlyMap<string, AccountHistory>
  readonly flags: ReadonlyMap<string, PlacedFlag>
  readonly decisions: ReadonlyMap<string, PlacedDecision>
  readonly aftermathOf: AftermathOf
  /** The decisions that an unanswered appeal was filed against. */
  readonly appealPending: ReadonlySet<string>
  readonly voidedAt: VoidedAt
  /** The rescorings of a flag on its own account, in order. */
  readonly rescoringsOf: (flag: PlacedFlag) => ReadonlyArray<PlacedRescoring>
  /** Of the replayed ruleset's id, or of all ids for the rules of the day alone. By effectiveFrom, then in order. */
  readonly versions: ReadonlyArray<VersionOnRecord>
  /** In order. */
  readonly reusedIds: ReadonlyArray<ReusedId>
  /** The latest occurredAt, in ms; null if there are no events. */
  readonly end: number | null
  readonly events: number
  /** Accounts that were left out because their streams in the ledger are incomplete; sorted. */
  readonly withoutAccounts: ReadonlyArray<string>
}

/** The identity of a piece of content: pin 77 and board 77 are two things. */
export const contentKey = (content: { readonly kind: string; readonly id: string }): string =>
  `${content.kind} ${content.id}`

/** Whether a replay of the rulesets of this id judges a decision: the decision names that id (any version), or none. */
export const isInScope = (decision: PlacedDecision, rulesetId: string): boolean =>
  decision.data.ruleset === undefined || decision.data.ruleset.id === rulesetId

export const isByHuman = (decision: PlacedDecision): boolean => decision.data.decidedBy.kind === 'human'

/** Whether a flag belongs to the rulesets of this id, or names none. */
export const isOfRuleset = ({ data }: Pick<PlacedFlag, 'data'>, rulesetId: string): boolean =>
  data.ruleset === undefined || data.ruleset.id === rulesetId
