import { type EventType, eventTypes } from '../../domain/event.ts'
import { sqlText } from '../../foundation/sql.ts'

/** The chosen types as a list in SQL. Every type has to be decided on: a new one does not compile before it is. */
export const typesSql = (chosen: Readonly<Record<EventType, boolean>>): string =>
  eventTypes
    .filter((type) => chosen[type])
    .map(sqlText)
    .join(', ')

/** The types that make a decision. */
export const DECISIONS_MADE = typesSql({
  'flag.raised.v1': false,
  'flag.dismissed.v1': false,
  'content.evaluated.v1': false,
  'content.removed.v1': true,
  'account.deactivated.v1': true,
  'decision.changed.v1': false,
  'content.restored.v1': false,
  'account.reinstated.v1': false,
  'notice.received.v1': false,
  'order.received.v1': false,
  'notice.sent.v1': false,
  'appeal.filed.v1': false,
  'appeal.decided.v1': false,
  'ruleset.published.v1': false,
  'flag.rescored.v1': false,
  'clock.ticked.v1': false,
  'decision.audited.v1': false,
  'alarm.raised.v1': false,
  'alarm.configured.v1': false,
  'incident.opened.v1': false,
  'incident.joined.v1': false,
  'hold.requested.v1': false,
  'hold.lifted.v1': false,
  'incident.noted.v1': false,
  'incident.closed.v1': false,
  'replay.completed.v1': false,
  'remediation.planned.v1': false,
  'remediation.sampled.v1': false,
  'remediation.reviewed.v1': false,
  'remediation.approved.v1': false,
  'reinstatement.declined.v1': false,
  'reinstatement.requested.v1': false,
  'reinstatement.withdrawn.v1': false,
  'remediation.wave_started.v1': false,
  'remediation.paused.v1': false,
  'remediation.resumed.v1': false,
  'remediation.cancelled.v1': false,
  'remediation.completed.v1': false,
})
