import type { Restriction } from '../../../domain/parts.ts'
import type { Row } from '../../../replay/result/rows.ts'

/** A decision that will be reversed or, for the kind `change`, made milder. */
export type PlannedDecision = {
  /** Of the request that will be sent. */
  readonly kind: 'account' | 'content' | 'change'
  readonly decisionId: string
  readonly class: Row['class'] | 'not_judged'
  readonly remedy: 'reinstate' | 'restore' | 'annul' | 'change'
  /** RFC 3339 in UTC, to the millisecond. */
  readonly occurredAt: string
  /** As it was first made; null for a removal. */
  readonly restriction: Restriction | null
  /** The rule of what explains it first; null: no rule does. */
  readonly rule: string | null
  /** What a removal took down. */
  readonly content?: { readonly id: string; readonly kind: string }
  /** The flags in evidence for it that are false under the correction, sorted: none of a change. */
  readonly flagsVoided: ReadonlyArray<string>
  /** The decisions without which these flags would not exist, sorted. */
  readonly becauseOf: ReadonlyArray<string>
  /** The restriction that a change leaves. */
  readonly to?: Restriction
}

/** A row that goes to a person. */
export type ForReview = {
  readonly decisionId: string
  readonly kind: Row['kind']
  readonly class: Row['class'] | 'not_judged'
  /** As in a replay's `review.ndjson`; `rests_on_what_stays`: it is wrong only because a decision that stays was wrong. */
  readonly why: ReadonlyArray<string>
  /** A deactivation's restriction as last changed; null for a removal. */
  readonly now: Restriction | null
  /** RFC 3339 in UTC, to the millisecond. */
  readonly occurredAt: string
  /** As it was first made; null for a removal. */
  readonly restriction: Restriction | null
}

/** False strikes of the incident's suspects that stand without any decision. */
type PlannedFlags = { readonly kind: 'flags'; readonly flags: ReadonlyArray<string> }

/** What is left out on purpose: a decision to reverse, strikes, or a row that would go to a person (its kind is the row's). */
type Excepted = (PlannedDecision | ForReview | PlannedFlags) & { readonly reason: string }

/** An account at the replay's end, according to its own events. */
export type Standing = {
  readonly status: Restriction | 'active'
  /** The deactivations that hold it, in order. */
  readonly heldBy: ReadonlyArray<string>
  /** The removals that hold content of it, in order. */
  readonly removed: ReadonlyArray<string>
}

/** What is planned for an account: the unit of waves. */
export type AccountPlan = {
  readonly account: string
  /** From 1; 0: nothing is asked for, it has only rows for a person or exceptions. */
  readonly wave: number
  /** In order. */
  readonly decisions: ReadonlyArray<PlannedDecision>
  /** The false strikes of suspects that stand and are not in evidence for a decision that is reversed, left out, kept or for a person; sorted. */
  readonly flags: ReadonlyArray<string>
  readonly review: ReadonlyArray<ForReview>
  readonly excepted: ReadonlyArray<Excepted>
  readonly effects: {
    readonly before: Standing
    readonly after: Standing
    /** The strike points of the flags that become void, by the versions that they name. */
    readonly strikePoints: number
    /** The open appeals against what is reversed, which become moot; sorted. */
    readonly appealIds: ReadonlyArray<string>
  }
}

/** How many rows and effects a plan has. */
export type PlanCounts = {
  /** That something is asked for. */
  readonly accounts: number
  /** Decisions, by remedy. */
  readonly reinstate: number
  readonly restore: number
  readonly annul: number
  readonly change: number
  /** Different flags that decisions void, and false strikes that stand without any. */
  readonly flagsVoided: number
  readonly flags: number
  readonly strikePoints: number
  readonly appeals: number
  /** Accounts with a row that rests on a decision of another planned account. */
  readonly cascaded: number
  /** Accounts that something is asked for and that are restricted still afterwards. */
  readonly restricted: number
  /** Rows for a person, those that a person decided to keep as they are, and those left out on purpose. */
  readonly review: number
  readonly kept: number
  readonly excepted: number
}

/** Decisions that are alike, of which a share is sampled. */
export type Stratum = Pick<PlannedDecision, 'class' | 'rule' | 'restriction'> & {
  readonly decisions: number
  readonly sampled: number
}

/** A decision that two people are asked about; `stratum`: the index in the head's. */
export type Sampled = { readonly decisionId: string; readonly account: string; readonly stratum: number }

/** What a plan says of all of its accounts. */
export type PlanHead = {
  readonly plan: 'redress-plan-v1'
  readonly incidentId: string
  /** Of the replay. */
  readonly digest: string
  readonly correctionSha256: string
  /** The SHA-256 of the manifest by which the correction is loaded from the vault. */
  readonly correction: string
  /** The ledger's sequence that the replay read up to. */
  readonly sequence: number
  readonly counts: PlanCounts
  /** How many accounts are in each wave and those before it. */
  readonly waves: ReadonlyArray<number>
  readonly strata: ReadonlyArray<Stratum>
  /** Of the manifest of exceptions; null: there are none. */
  readonly exceptionsSha256: string | null
}
