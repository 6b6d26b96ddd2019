import type { StreamKind } from './definition/event-definition.ts'
import { definitionOf, isEventType, type StoredEvent } from './event.ts'

/** A stream's name. */
export type StreamName = `${StreamKind}-${string}`

/** The stream that an event belongs to. Evaluations are numerous and no read of one account needs them, so they have their own. */
export const streamOf = ({
  type,
  subject,
}: {
  readonly type: string
  readonly subject: string
}): StreamName => `${isEventType(type) ? definitionOf(type).stream : 'account'}-${subject}`

/** The account that an event is about; null if its subject is not an account. */
export const accountNamed = ({ type, subject }: StoredEvent): string | null =>
  definitionOf(type).stream === 'ruleset' ? null : subject

const ACCOUNT = 'account-'

/** The account whose own stream this is; null for any other stream. */
export const accountOf = (stream: StreamName): string | null =>
  stream.startsWith(ACCOUNT) ? stream.slice(ACCOUNT.length) : null
