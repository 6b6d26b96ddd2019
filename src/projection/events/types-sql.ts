import { type PublishedType, publishedTypes } from '../../domain/event.ts'
import { sqlText } from '../../foundation/sql.ts'

/**
 * The chosen types as a list in SQL. Every type that services publish has to be decided on: a new one does not compile before
 * it is. Redress's own decide nothing, and are never chosen.
 */
export const typesSql = (chosen: Readonly<Record<PublishedType, boolean>>): string =>
  publishedTypes
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
  'decision.audited.v1': false,
  'reinstatement.declined.v1': false,
})
