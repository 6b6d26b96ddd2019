import type { StoredEvent } from '../../domain/event.ts'
import type { RulesetRef } from '../../domain/parts.ts'
import type { Evidence } from '../../rulesets/ruleset.ts'
import type { UnitEvent } from './alarm.ts'

/** A finding of a detector's version, by a rule that is true of it. */
type Finding = {
  readonly at: number
  readonly event: UnitEvent
  readonly detector: Evidence['detector']
  readonly ruleset: RulesetRef
  readonly rule: string
  readonly flag: Evidence['flag']
  readonly content: { readonly id: string; readonly kind: string }
}

/** What a version that only looked on saw. */
type Seen = { readonly at: number } & Pick<Evidence, 'detector' | 'signals'>

/** A finding, and what an older version of the detector saw in the same content. */
export type DetectorPair = { readonly finding: Finding; readonly seen: Seen }

/** What is remembered for an hour, and the versions of detectors, as JSON. */
export type SavedPairs = {
  readonly versions: ReadonlyArray<readonly [detectorAndVersion: string, firstSeen: number]>
  readonly findings: ReadonlyArray<readonly [content: string, Finding]>
  readonly seen: ReadonlyArray<readonly [content: string, Seen]>
}

/**
 * Pairs of what two versions of a detector find in the same content within an hour. The newer one, by when the ledger first
 * saw it, found something; the older one only looked on.
 */
export type DetectorPairs = {
  /** A version of a detector has said something. */
  readonly sawVersion: (detector: Evidence['detector'], sequence: number) => void
  readonly found: (finding: Finding) => DetectorPair | null
  readonly lookedOn: (event: StoredEvent<'content.evaluated.v1'>, at: number) => DetectorPair | null
  readonly saved: () => SavedPairs
}

const HOUR = 3_600_000
/** How many of each are remembered; the oldest are forgotten. */
const MOST = 50_000

export const detectorPairs = (
  saved: SavedPairs = { versions: [], findings: [], seen: [] },
): DetectorPairs => {
  // In the order in which they were last seen.
  const versions = new Map(saved.versions)
  // By detector and content, in order.
  const findings = new Map(saved.findings)
  const seen = new Map(saved.seen)

  const isOlder = (one: Seen, finding: Finding): boolean => {
    const [old, next] = [versions.get(versionName(one)), versions.get(versionName(finding))]
    return old !== undefined && next !== undefined && old < next
  }

  const pairOf = (finding: Finding | undefined, one: Seen | undefined): DetectorPair | null => {
    if (finding === undefined || one === undefined) return null
    if (Math.abs(finding.at - one.at) > HOUR || !isOlder(one, finding)) return null
    return { finding, seen: one }
  }

  return {
    sawVersion: (detector, sequence) => {
      const name = versionName({ detector })
      remember(versions, name, versions.get(name) ?? sequence)
    },
    found: (finding) => {
      const name = nameOf(finding.detector, finding.content)
      const pair = pairOf(finding, seen.get(name))
      if (pair === null) remember(findings, name, finding)
      forgetBefore(findings, finding.at - HOUR)
      return pair
    },
    lookedOn: ({ data: { detector, content, signals } }, at) => {
      const name = nameOf(detector, content)
      const one: Seen = { at, detector, signals }
      const pair = pairOf(findings.get(name), one)
      remember(seen, name, one)
      if (pair !== null) findings.delete(name)
      forgetBefore(seen, at - HOUR)
      return pair
    },
    saved: () => ({ versions: [...versions], findings: [...findings], seen: [...seen] }),
  }
}

const remember = <A>(map: Map<string, A>, name: string, value: A): void => {
  map.delete(name)
  map.set(name, value)
  for (const oldest of map.keys()) {
    if (map.size <= MOST) return
    map.delete(oldest)
  }
}

const forgetBefore = <A extends { readonly at: number }>(map: Map<string, A>, at: number): void => {
  for (const [name, one] of map) {
    if (one.at >= at) return
    map.delete(name)
  }
}

/** Ids have no spaces. */
const versionName = ({ detector: { id, version } }: Pick<Evidence, 'detector'>): string => `${id} ${version}`

const nameOf = (
  { id }: Evidence['detector'],
  content: { readonly id: string; readonly kind: string },
): string => `${id} ${content.kind} ${content.id}`
