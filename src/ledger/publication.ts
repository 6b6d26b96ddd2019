import { upcast } from '../domain/upcast.ts'
import type { PreparedEvent } from './event/prepare.ts'
import type { EventOutcome } from './port.ts'

/** What a stored publication of a ruleset (canonical text) says about itself. */
export type PublishedVersion = { readonly version: unknown; readonly sha256: unknown }

export const publishedVersion = (canonical: string): PublishedVersion => {
  const data = upcast(record(JSON.parse(canonical))).data
  return { version: record(record(data).ruleset).version, sha256: record(data).documentSha256 }
}

/** The versions published in one ruleset's stream: by version, the first revision of each of its documents. */
export type VersionIndex = {
  readonly add: (published: PublishedVersion, revision: number) => void
  /** Forgets what was added for revisions after this one. */
  readonly cutAfter: (revision: number) => void
  /** The conflict, if the event publishes a second document for a version: a version never changes. */
  readonly otherDocument: (event: PreparedEvent) => EventOutcome | undefined
}

/** An index, because a ruleset's versions keep growing and each new one is compared with all of them. */
export const versionIndex = (): VersionIndex => {
  // A version has one document, but several in a ledger written by an earlier Redress.
  const versions = new Map<unknown, Map<unknown, number>>()
  return {
    add: ({ version, sha256 }, revision) => {
      const documents = versions.get(version) ?? new Map<unknown, number>()
      versions.set(version, documents)
      if (!documents.has(sha256)) documents.set(sha256, revision)
    },
    cutAfter: (revision) => {
      for (const [version, documents] of versions) {
        for (const [sha256, first] of documents) if (first > revision) documents.delete(sha256)
        if (documents.size === 0) versions.delete(version)
      }
    },
    otherDocument: (event) => {
      if (event.kind !== 'plain' || event.document === null) return undefined
      const { version, sha256 } = publishedVersion(`${event.head},${event.tail}`)
      for (const [other, revision] of versions.get(version) ?? []) {
        if (other === sha256) continue
        const reason = `data.document differs from the one already published as version ${version}`
        return { kind: 'conflict', revision, reason }
      }
      return undefined
    },
  }
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  // Cast: any object can be looked at as a record of unknown members.
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
