import type { Decision, Flag } from '../../domain/account.ts'
import type { Appeal } from '../../domain/appeal.ts'
import { appealed } from '../../domain/appeal.ts'
import type { StoredEvent } from '../../domain/event.ts'
import { standingOf } from '../../domain/standing.ts'
import { formatInstant, instantOf } from '../../domain/time.ts'
import type { Moment } from './read-story.ts'
import { identityOf, type Story } from './story.ts'

/** A story as JSON: the state, things by their ids, and the events as the ledger holds them. */
export const storyJson = (story: Story, { asOf, happenedBy }: Moment) => {
  const { accountId, state, account, events } = story
  return {
    account: accountId,
    at: formatInstant(state.at),
    asOf: orNull(asOf),
    happenedBy: orNull(happenedBy),
    status: state.status,
    heldBy: state.status === 'active' ? [] : state.heldBy.map(({ decisionId }) => decisionId),
    until: state.status === 'active' ? null : orNull(state.until),
    removedContent: state.removedContent.map(({ kind, id, heldBy }) => ({
      kind,
      id,
      heldBy: heldBy.map(({ decisionId }) => decisionId),
    })),
    reversalOwed: state.reversalOwed.map(({ decisionId }) => decisionId),
    decisions: account.decisions.map((decision) => decisionJson(decision, story)),
    flags: account.flags.map(flagJson),
    appeals: account.appeals.map(appealJson),
    oddities: account.anomalies.map(({ occurredAt, ...anomaly }) => ({
      ...anomaly,
      occurredAt: formatInstant(occurredAt),
    })),
    events: events.map((event) => eventJson(event, story)),
  }
}

const orNull = (at: number | null): string | null => (at === null ? null : formatInstant(at))

const decisionJson = (decision: Decision, { state: { at }, holdsOn }: Story) => ({
  decisionId: decision.decisionId,
  kind: decision.kind,
  occurredAt: formatInstant(decision.at),
  standing: standingOf(decision, at),
  restriction: decision.kind === 'deactivation' ? decision.restriction : null,
  until: orNull(decision.until),
  reversals: decision.reversals.map((reversal) => ({
    at: formatInstant(reversal.at),
    reason: reversal.reason,
  })),
  madeUnderHolds: (holdsOn.get(decision.decisionId) ?? []).map(({ holdId }) => holdId),
})

const flagJson = ({ at, raised, voided, rescorings }: Flag) => ({
  flagId: raised.data.flagId,
  occurredAt: formatInstant(at),
  category: raised.data.category,
  voided: voided === null ? null : { at: formatInstant(voided.at), by: voided.by },
  rescorings: rescorings.map(({ time, data: { detector, signals } }) => ({
    at: formatInstant(instantOf(time)),
    detector,
    signals,
  })),
})

const appealJson = (appeal: Appeal) => ({
  appealId: (appeal.status === 'unfiled' ? appeal.answered : appeal.filed).data.appealId,
  decisionId: appealed(appeal),
  status: appeal.status,
  outcome: appeal.status === 'open' ? null : appeal.answered.data.outcome,
})

/** The event as stored; if it had a personal text, `personal` is that text, or null if it was erased. */
const eventJson = (event: StoredEvent, { texts }: Story) => {
  const text = texts.get(identityOf(event))
  return text === undefined ? event : { ...event, personal: text.kind === 'open' ? text.text : null }
}
