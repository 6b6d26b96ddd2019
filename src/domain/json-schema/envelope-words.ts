import type { FieldWords } from '../definition/event-definition.ts'
import type { IncomingEvent } from '../event.ts'

/** What the attributes of the envelope mean, for publishers of events. */
export const envelopeWords = {
  specversion: 'The version of CloudEvents.',
  id: 'Identifies the event, together with source. Sending the same event again changes nothing.',
  source: 'The service that publishes the event.',
  type: 'What the event records, and in which version.',
  subject: 'The account that the event is about; for a ruleset event, the ruleset.',
  time: "When it happened. At most five minutes ahead of the ledger's clock.",
  datacontenttype: 'The media type of data: JSON, also if omitted.',
  dataschema: 'Where to find a schema of data. Recorded, but never fetched.',
  traceparent: 'The position in a trace, in W3C Trace Context format.',
  tracestate: 'What tracing systems add to traceparent.',
  correlationid: 'Shared by all events of one piece of work.',
  causationid: 'The id of the event that caused this one.',
} satisfies FieldWords<IncomingEvent>
