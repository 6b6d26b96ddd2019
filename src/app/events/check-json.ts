import { total } from '../ingest/tally.ts'
import { tallyJson } from '../ingest/tally-json.ts'
import type { EventsCheck } from './check.ts'

/** A check as JSON, without what only a ledger can have: damaged streams, and dead letters from before. */
export const eventsCheckJson = ({ names, tally }: EventsCheck): Readonly<Record<string, unknown>> => {
  const { damagedStreams: _, deadLettersResolved: __, ...counts } = tallyJson(tally)
  return { files: names, lines: total(tally), ...counts }
}
