import type { ConsumedTopic, ConsumeOptions } from './consume.ts'
import { total } from './ingest/tally.ts'
import { tallyJson } from './ingest/tally-json.ts'

/** What was consumed from a topic, as JSON. */
export const consumedJson = (
  { tally, lag, losses, statesSent }: ConsumedTopic,
  { topic, group, accountsTopic }: Pick<ConsumeOptions, 'topic' | 'group' | 'accountsTopic'>,
): Readonly<Record<string, unknown>> => ({
  ...{ topic, group, messages: total(tally), ...tallyJson(tally) },
  ...(accountsTopic === null ? {} : { accountsTopic, statesSent }),
  ...{ lag, losses },
})
