import type { DataOf } from '../account.ts'
import { badModel } from '../mistakes.ts'
import type { Random } from '../random.ts'
import { incident } from '../rulesets.ts'

export type SimulatedDetector = DataOf<'flag.raised.v1'>['detector']

/** A version of a detector; `from`: since when it is live. */
type DetectorRelease = { readonly from: number; readonly version: string }

const ALWAYS = Number.NEGATIVE_INFINITY

/** The mistyped rules came with a new version. */
const scannerReleases: ReadonlyArray<DetectorRelease> = [
  { from: ALWAYS, version: '4.2.0' },
  { from: incident.from, version: '4.3.1' },
]
const nudityNetReleases: ReadonlyArray<DetectorRelease> = [
  { from: ALWAYS, version: '7.2.0' },
  { from: badModel.from, version: badModel.version },
  { from: badModel.to, version: '7.3.1' },
]
const releasesOf = new Map([
  ['scanner', scannerReleases],
  ['nudity-net', nudityNetReleases],
])

const liveAt = (releases: ReadonlyArray<DetectorRelease>, at: number): number =>
  releases.findLastIndex(({ from }) => from <= at)

const versionOf = (releases: ReadonlyArray<DetectorRelease>, at: number): string => {
  const live = releases[liveAt(releases, at)]
  if (live === undefined) throw new RangeError('before the first version')
  return live.version
}

/** The scanner at an instant. */
export const scanner = (at: number): SimulatedDetector => ({
  kind: 'rule',
  id: 'scanner',
  version: versionOf(scannerReleases, at),
})
/** The picture model at an instant. */
export const nudityNet = (at: number): SimulatedDetector => ({
  kind: 'model',
  id: 'nudity-net',
  version: versionOf(nudityNetReleases, at),
})
export const hashMatch = (): SimulatedDetector => ({ kind: 'hash_match', id: 'phash', version: '1.9' })
export const linker = (): SimulatedDetector => ({ kind: 'model', id: 'linker', version: '2.1' })
/** One of the platform's reviewers. */
export const reviewer = (random: Random): (() => SimulatedDetector) => {
  const id = `reviewer-${random.between(1, 40)}`
  return () => ({ kind: 'human', id, version: '1' })
}

/** The version that a detector's live one has replaced; null: it has replaced none. */
export const retiredAt = ({ kind, id }: SimulatedDetector, at: number): SimulatedDetector | null => {
  const releases = releasesOf.get(id) ?? []
  const retired = releases[liveAt(releases, at) - 1]
  return retired === undefined ? null : { kind, id, version: retired.version }
}
