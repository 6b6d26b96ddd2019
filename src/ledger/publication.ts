import { upcast } from '../domain/upcast.ts'
import type { PreparedEvent } from './event/prepare.ts'
import type { EventOutcome } from './port.ts'

/** What a stored publication of a ruleset (canonical text) says about itself. */
export type PublishedVersion = {
  readonly version: unknown
  readonly sha256: unknown
  /** Its rehearsal in canonical form; null: it has none. */
  readonly rehearsal: string | null
}

export const publishedVersion = (canonical: string): PublishedVersion => {
  const data = record(upcast(record(JSON.parse(canonical))).data)
  return {
    version: record(data.ruleset).version,
    sha256: data.documentSha256,
    // As it stands in a canonical text.
    rehearsal: data.rehearsal === undefined ? null : JSON.stringify(data.rehearsal),
  }
}

/** The versions published in one ruleset's stream: by version, the first publication of each of its documents. */
export type VersionIndex = {
  readonly add: (published: PublishedVersion, revision: number) => void
  /** Forgets what was added for revisions after this one. */
  readonly cutAfter: (revision: number) => void
  /**
   * The conflict, if the event publishes a second document or rehearsal for a version: a version never changes. One
   * without a rehearsal, as others publish it, says nothing about that.
   */
  readonly otherPublication: (event: PreparedEvent) => EventOutcome | undefined
}

/** An index, because a ruleset's versions keep growing and each new one is compared with all of them. */
export const versionIndex = (): VersionIndex => {
  // A version has one document, but several in a ledger written by an earlier Redress.
  const versions = new Map<unknown, Map<unknown, First>>()
  return {
    add: ({ version, sha256, rehearsal }, revision) => {
      const documents = versions.get(version) ?? new Map<unknown, First>()
      versions.set(version, documents)
      if (!documents.has(sha256)) documents.set(sha256, { revision, rehearsal })
    },
    cutAfter: (revision) => {
      for (const [version, documents] of versions) {
        for (const [sha256, first] of documents) if (first.revision > revision) documents.delete(sha256)
        if (documents.size === 0) versions.delete(version)
      }
    },
    otherPublication: (event) => {
      if (event.kind !== 'plain' || event.document === null) return undefined
      const { version, sha256, rehearsal } = publishedVersion(`${event.head},${event.tail}`)
      for (const [other, first] of versions.get(version) ?? []) {
        const isSame = rehearsal === null || rehearsal === first.rehearsal
        if (other === sha256 && isSame) continue
        const field = other === sha256 ? 'data.rehearsal' : 'data.document'
        const reason = `${field} differs from the one already published as version ${version}`
        return { kind: 'conflict', revision: first.revision, reason }
      }
      return undefined
    },
  }
}

type First = { readonly revision: number; readonly rehearsal: string | null }

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  // Cast: any object can be looked at as a record of unknown members.
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
