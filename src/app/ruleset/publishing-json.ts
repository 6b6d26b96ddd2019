import type { Publishing } from './publish.ts'

/** The publication of a ruleset's version as JSON. */
export const publishingJson = ({ kind, publication: { event, sequence } }: Publishing) => ({
  outcome: kind,
  ruleset: { ...event.data.ruleset, sha256: event.data.documentSha256 },
  effectiveFrom: event.data.effectiveFrom,
  publishedAt: event.time,
  source: event.source,
  id: event.id,
  sequence,
})
