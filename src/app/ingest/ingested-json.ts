import type { Ingested } from './ingest.ts'
import { total } from './tally.ts'
import { tallyJson } from './tally-json.ts'

/** What was ingested, as JSON. */
export const ingestedJson = ({ name, tally, lastLine }: Ingested): Readonly<Record<string, unknown>> => ({
  file: name,
  lines: total(tally),
  ...tallyJson(tally),
  lastLine,
})
