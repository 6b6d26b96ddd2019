import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { PlacedDecision, VersionOnRecord } from './history.ts'

/** The published versions of the corrected ruleset's id. */
export type Versions = {
  /**
   * The version that a reference names; undefined if it was never published (also if the reference's `sha256` is not the
   * published document's: then it names a document that was not kept).
   */
  readonly named: (ref: { readonly version: string; readonly sha256?: string }) => Ruleset | undefined
  /** The version in force at an instant (ms): the latest effectiveFrom not after it; of equals, the last published. */
  readonly inForceAt: (at: number) => Ruleset | undefined
}

/** What references name among published versions of one id. */
export const versionsByName = (published: ReadonlyArray<Ruleset>): Versions['named'] => {
  const byVersion = new Map(published.map((ruleset) => [ruleset.version, ruleset]))
  return ({ version, sha256 }) => {
    const ruleset = byVersion.get(version)
    return sha256 === undefined || ruleset?.sha256 === sha256 ? ruleset : undefined
  }
}

/** `published` must be ordered by effectiveFrom, equals in the order of replay. */
export const indexVersions = (published: ReadonlyArray<VersionOnRecord>): Versions => ({
  named: versionsByName(published.map(({ ruleset }) => ruleset)),
  inForceAt: (at) => {
    // Binary search: platforms publish hundreds of versions, and every decision may need one.
    let low = 0
    let high = published.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const effectiveFrom = published[middle]?.effectiveFrom ?? 0
      if (effectiveFrom <= at) low = middle + 1
      else high = middle
    }
    return published[low - 1]?.ruleset
  },
})

/** The version whose policies A uses for a decision: the one it names, else the one in force; undefined: not published. */
export const versionFor = (decision: PlacedDecision, versions: Versions): Ruleset | undefined =>
  decision.data.ruleset === undefined
    ? versions.inForceAt(decision.place.at)
    : versions.named(decision.data.ruleset)

/**
 * The rulesets that may judge a decision by the rules of the day: the one that it names; if it names none, each with a version
 * in force then.
 */
export const versionsThatMayJudge = (
  decision: PlacedDecision,
  byId: ReadonlyMap<string, Versions>,
): ReadonlyArray<readonly [rulesetId: string, versions: Versions]> => {
  const named = decision.data.ruleset?.id
  return named === undefined
    ? [...byId].filter(([, versions]) => versions.inForceAt(decision.place.at) !== undefined)
    : [[named, byId.get(named) ?? indexVersions([])]]
}

/** The version of each ruleset that is in force at an instant (ms). `published` must be ordered as for `indexVersions`. */
export const rulesetsInForce = (
  published: ReadonlyArray<VersionOnRecord>,
  at: number,
): ReadonlyArray<Ruleset> =>
  [...Map.groupBy(published, ({ ruleset }) => ruleset.id).values()].flatMap(
    (versions) => indexVersions(versions).inForceAt(at) ?? [],
  )
