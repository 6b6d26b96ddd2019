import { upcast } from '../domain/upcast.ts'

/** What a stored publication of a ruleset (canonical text) says of itself. */
export type PublishedVersion = { readonly version: unknown; readonly sha256: unknown }

export const publishedVersion = (canonical: string): PublishedVersion => {
  const data = upcast(record(JSON.parse(canonical))).data
  return { version: record(record(data).ruleset).version, sha256: record(data).documentSha256 }
}

/** Whether two publications are of one version, with different documents: a version never changes. */
export const contradict = (a: PublishedVersion, b: PublishedVersion): boolean =>
  a.version === b.version && a.sha256 !== b.sha256

export const otherDocumentReason = ({ version }: PublishedVersion): string =>
  `data.document is not the one that was published as version ${version} before`

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  // Cast: any object can be looked at as a record of unknown members.
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
