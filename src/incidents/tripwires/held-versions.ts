import type { Restriction } from '../../domain/parts.ts'

/** A published document of a version; `from`: when it takes effect, in ms. */
type PublishedDocument = {
  readonly sha256: string
  readonly severest: Restriction | null
  readonly from: number
}

/** The published versions of rulesets, as JSON. */
export type SavedVersions = ReadonlyArray<
  readonly [ruleset: string, versions: ReadonlyArray<readonly [string, ReadonlyArray<PublishedDocument>]>]
>

/** Which versions of rulesets the ledger holds. */
export type HeldVersions = {
  /**
   * Adds a publication; returns whether its version is the first of its ruleset, a further one (or one with another document
   * or time), or was published so before.
   */
  readonly add: (
    ruleset: string,
    version: string,
    document: PublishedDocument,
  ) => 'first_of_ruleset' | 'next_of_ruleset' | 'again'
  readonly hasRuleset: (ruleset: string) => boolean
  readonly hasVersion: (ruleset: string, version: string) => boolean
  /** The document that a reference names (`sha256` null: the first of that version); undefined: it was not published. */
  readonly find: (ruleset: string, version: string, sha256: string | null) => PublishedDocument | undefined
  readonly saved: () => SavedVersions
}

/** How many documents and times of a version are told apart: no version should have two. */
const MOST_DOCUMENTS = 10

export const heldVersions = (saved: SavedVersions = []): HeldVersions => {
  const rulesets = new Map(
    saved.map(([ruleset, versions]) => [
      ruleset,
      new Map(versions.map(([version, documents]) => [version, [...documents]])),
    ]),
  )
  return {
    add: (ruleset, version, document) => {
      const versions = rulesets.get(ruleset) ?? new Map<string, PublishedDocument[]>()
      const isFirst = versions.size === 0
      rulesets.set(ruleset, versions)
      const documents = versions.get(version)
      if (documents === undefined) {
        versions.set(version, [document])
        return isFirst ? 'first_of_ruleset' : 'next_of_ruleset'
      }
      const { sha256, from } = document
      if (documents.some((known) => known.sha256 === sha256 && known.from === from)) return 'again'
      if (documents.length < MOST_DOCUMENTS) documents.push(document)
      return 'next_of_ruleset'
    },
    hasRuleset: (ruleset) => rulesets.has(ruleset),
    hasVersion: (ruleset, version) => rulesets.get(ruleset)?.has(version) ?? false,
    find: (ruleset, version, sha256) =>
      rulesets
        .get(ruleset)
        ?.get(version)
        ?.find((document) => sha256 === null || document.sha256 === sha256),
    saved: () =>
      Array.from(rulesets, ([ruleset, versions]) => [
        ruleset,
        Array.from(versions, ([version, documents]) => [version, [...documents]]),
      ]),
  }
}
