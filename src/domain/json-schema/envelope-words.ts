import type { FieldWords } from '../definition/event-definition.ts'
import type { IncomingEvent } from '../event.ts'

/** What the attributes of the envelope mean, for those who publish events. */
export const envelopeWords = {
  specversion: 'The version of CloudEvents.',
  id: 'Names the event, together with source. The same event may be sent again and changes nothing then.',
  source: 'The service that publishes the event.',
  type: 'What the event records, and in which version.',
  subject: 'The account that the event is about; where that is a ruleset, the ruleset.',
  time: 'When it happened. At most five minutes ahead of the clock of the ledger.',
  datacontenttype: 'The media type of data: JSON, also where it is left out.',
  dataschema: 'Where a schema of data can be found. It is kept and not followed.',
  traceparent: 'The place in a trace, as W3C Trace Context writes it.',
  tracestate: 'What tracing systems add to traceparent.',
  correlationid: 'What events of one piece of work have in common.',
  causationid: 'The id of the event that brought this one about.',
} satisfies FieldWords<IncomingEvent>
