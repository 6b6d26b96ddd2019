import type { StoredEvent } from '../domain/event.ts'
import type { HoldKey } from '../domain/suspect.ts'
import type { SimulatedRelease } from './rulesets.ts'

/** What somebody on the platform will do; `at` in ms since the epoch. */
export type PlannedStep = { readonly at: number } & (
  | {
      /** An event of a service arrives: a CloudEvent in JSON structured mode, on one line. */
      readonly kind: 'send'
      readonly line: string
    }
  | PlannedPublication
  | PlannedHold
)

/** Services are asked not to act on something. */
export type PlannedHold = { readonly kind: 'hold'; readonly key: HoldKey }

/** A version of a ruleset is published, if its rehearsal finds what was expected. */
export type PlannedPublication = {
  readonly kind: 'publish'
  readonly release: SimulatedRelease
  /** By rule: on how much new evidence it may fire. */
  readonly expected: ReadonlyMap<string, number>
  /** Why it is published without a rehearsal; null: it is rehearsed. */
  readonly unrehearsed: string | null
}

/** A version that was not published, because rules fire on more new evidence than expected. */
export type RefusedPublication = {
  readonly release: SimulatedRelease
  /** By rule: on how much new evidence it fires. */
  readonly newlyFired: ReadonlyMap<string, number>
}

/** What an agent sees when it looks. */
type Seen = {
  /** Ms since the epoch. */
  readonly now: number
  /** What the ledger has recorded since it looked last, in the order of sequences. */
  readonly recorded: ReadonlyArray<StoredEvent>
  /** What was refused since then, in the order of attempts. */
  readonly refused: ReadonlyArray<RefusedPublication>
}

/**
 * Somebody on the platform who reacts to what the ledger says: a service, a reviewer, a team. It sees, plans what to do at
 * later times, and returns who it is from then on: what it remembers is in there.
 */
export type Agent = (seen: Seen) => Reaction

type Reaction = { readonly plans: ReadonlyArray<PlannedStep>; readonly next: Agent }
