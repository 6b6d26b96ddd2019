import type { StoredEvent } from '../../../domain/event.ts'
import type { Deciding } from './draft.ts'

/** How people settled rows of an incident's plans; the last word on each counts, whichever plan it was of. */
export const settledIn = (events: ReadonlyArray<StoredEvent>): Deciding['settled'] =>
  new Map(
    events.flatMap((event) =>
      event.type === 'remediation.reviewed.v1' ? [[event.data.decisionId, event.data] as const] : [],
    ),
  )
