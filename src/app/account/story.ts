import { type Account, type Decision, type Flag, foldPlaced } from '../../domain/account.ts'
import type { Anomaly } from '../../domain/anomaly.ts'
import type { StoredEvent } from '../../domain/event.ts'
import { type HeldDecision, type Hold, holdsOver } from '../../domain/hold.ts'
import { placeInOrder } from '../../domain/order.ts'
import { type AccountState, stateAt } from '../../domain/standing.ts'

/** A text that somebody wrote: decrypted, or erased with the account's key. */
export type PersonalText = { readonly kind: 'open'; readonly text: string } | { readonly kind: 'erased' }

/** The key of an event in `Story.texts`. */
export const identityOf = ({ source, id }: { readonly source: string; readonly id: string }): string =>
  `${source} ${id}`

/** Everything that happened to one account, and its resulting state. */
export type Story = {
  readonly accountId: string
  /** In the order of replay. */
  readonly events: ReadonlyArray<StoredEvent>
  /** The sealed texts of those events, opened; by `identityOf`. */
  readonly texts: ReadonlyMap<string, PersonalText>
  readonly account: Account
  readonly flags: ReadonlyMap<string, Flag>
  readonly decisions: ReadonlyMap<string, Decision>
  /** The same flags by `identityOf` the events that raised them; of several with one id, one counts. */
  readonly raisedBy: ReadonlyMap<string, Flag>
  /** The same decisions by `identityOf` the events that made them. */
  readonly madeBy: ReadonlyMap<string, Decision>
  /** The decisions that a notice names. */
  readonly noticed: ReadonlySet<string>
  /** The holds under which decisions were made, by decision. */
  readonly holdsOn: ReadonlyMap<string, ReadonlyArray<Hold>>
  /** By `identityOf` the event. */
  readonly anomalies: ReadonlyMap<string, ReadonlyArray<Anomaly>>
  /** The state at the story's moment. */
  readonly state: AccountState
}

/** Arranges what is known of an account, and all holds, into its story, at the moment `at` (ms). */
export const arrangeStory = (
  accountId: string,
  known: ReadonlyArray<StoredEvent>,
  texts: ReadonlyMap<string, PersonalText>,
  holds: ReadonlyArray<Hold>,
  at: number,
): Story => {
  const ordered = placeInOrder(known)
  const account = foldPlaced(ordered)
  const events = ordered.map(({ event }) => event)
  const flags = new Map(account.flags.map((flag) => [flag.raised.data.flagId, flag]))
  return {
    accountId,
    events,
    texts,
    account,
    flags,
    decisions: new Map(account.decisions.map((decision) => [decision.decisionId, decision])),
    raisedBy: new Map(account.flags.map((flag) => [identityOf(flag.raised), flag])),
    madeBy: new Map(account.decisions.map((decision) => [identityOf(decision.made), decision])),
    noticed: new Set(
      events.flatMap(({ type, data }) => (type === 'notice.sent.v1' ? (data.decisionId ?? []) : [])),
    ),
    holdsOn: new Map(
      account.decisions.map((decision) => [
        decision.decisionId,
        holdsOver(holds, heldDecision(decision, flags)),
      ]),
    ),
    anomalies: Map.groupBy(account.anomalies, ({ source, eventId }) => identityOf({ source, id: eventId })),
    state: stateAt(account, at),
  }
}

const heldDecision = ({ at, made: { data } }: Decision, flags: ReadonlyMap<string, Flag>): HeldDecision => ({
  at,
  decidedBy: data.decidedBy,
  ...(data.ruleset === undefined ? {} : { ruleset: data.ruleset }),
  grounds: data.grounds.flatMap((flagId) => flags.get(flagId)?.raised.data ?? []),
})
