import type { Publishing, Unpublished } from './publish.ts'
import { rehearsalJson } from './rehearsal-json.ts'

/** The publication of a ruleset's version as JSON, or the rehearsal for which it was not published. */
export const publishingJson = (result: Publishing | Unpublished) =>
  result.kind === 'unexpected'
    ? { outcome: 'not_published', rehearsal: rehearsalJson(result.rehearsed) }
    : publishedJson(result)

const publishedJson = ({ kind, publication: { event, sequence } }: Publishing) => ({
  outcome: kind,
  ruleset: { ...event.data.ruleset, sha256: event.data.documentSha256 },
  effectiveFrom: event.data.effectiveFrom,
  rehearsal: event.data.rehearsal ?? null,
  publishedAt: event.time,
  source: event.source,
  id: event.id,
  sequence,
})
