import type { StoredEvent } from '../../domain/event.ts'
import { comparePlaces, placeOf } from '../../domain/order.ts'
import type { RulesetRef } from '../../domain/parts.ts'
import { instantOf } from '../../domain/time.ts'
import type { VersionOnRecord } from '../../replay/model/history.ts'
import { indexVersions, type Versions } from '../../replay/model/versions.ts'
import type { Rule, Ruleset } from '../../rulesets/ruleset.ts'
import { pairRules } from '../rehearsal/rule-pairs.ts'
import type { PassedOver } from './passed-over.ts'

type RehearsalRecord = StoredEvent<'ruleset.published.v1'>['data']['rehearsal']

type Published = VersionOnRecord & { readonly rehearsal: RehearsalRecord | null }

/** A published version as JSON, without its document. */
type SavedVersion = Omit<Published, 'ruleset'> & { readonly sha256: string }

/** Rules of the version before, which a rule continues, and what share of flags they may not have raised: 1 or more, any. */
type RuleBefore = { readonly was: ReadonlyArray<Rule>; readonly p0: number }

/** The versions of rulesets that the ledger holds. */
export type RecordedVersions = {
  readonly add: (event: StoredEvent<'ruleset.published.v1'>, document: Ruleset) => void
  /** The versions of each id. */
  readonly byId: () => ReadonlyMap<string, Versions>
  readonly find: (ref: RulesetRef) => Ruleset | undefined
  /** What a rule of a version continues; null: there is no such rule, or no version before. */
  readonly before: (ref: RulesetRef, rule: string) => RuleBefore | null
  /** Which versions are passed over has changed. */
  readonly compareAgain: () => void
  readonly saved: () => ReadonlyArray<SavedVersion>
}

/** The share of flags that the version before would not have raised, at most, where nothing better is known. */
const USUAL = 0.05
/** How much more than a rehearsal found is still expected. */
const MARGIN = 1.5

/** `documents`: those that a state names, by SHA-256. `over`: no version is compared with one of these. */
export const recordedVersions = (
  saved: ReadonlyArray<SavedVersion> = [],
  documents: ReadonlyMap<string, Ruleset> = new Map(),
  over: Pick<PassedOver, 'has'> = { has: () => false },
): RecordedVersions => {
  const versions = new Map<string, Published>()
  let byId = new Map<string, { readonly list: ReadonlyArray<Published>; readonly versions: Versions }>()
  let before = new Map<string, ReadonlyMap<string, RuleBefore>>()

  /** Of several documents of one version the first in the order of replay counts. */
  const keep = (one: Published): void => {
    const name = nameOf(one.ruleset)
    const other = versions.get(name)
    if (other === undefined || comparePlaces(one.place, other.place) < 0) versions.set(name, one)
  }
  const arrange = (): void => {
    const inOrder = [...versions.values()].sort(
      (a, b) => a.effectiveFrom - b.effectiveFrom || comparePlaces(a.place, b.place),
    )
    byId = new Map(
      Array.from(
        Map.groupBy(inOrder, ({ ruleset }) => ruleset.id),
        ([id, list]) => [id, { list, versions: indexVersions(list) }],
      ),
    )
    before = new Map()
  }
  for (const { sha256, ...one } of saved) {
    const ruleset = documents.get(sha256)
    if (ruleset === undefined) throw new RangeError(`the document ${sha256} was not given`)
    keep({ ...one, ruleset })
  }
  arrange()

  const find = (ref: RulesetRef): Ruleset | undefined => byId.get(ref.id)?.versions.named(ref)

  /** What each rule of a version continues. */
  const rulesBefore = (version: Published): ReadonlyMap<string, RuleBefore> => {
    const { ruleset, rehearsal, effectiveFrom } = version
    const old = byId
      .get(ruleset.id)
      ?.list.findLast((other) => other.effectiveFrom < effectiveFrom && !over.has(other.ruleset))
    if (old === undefined) return new Map()
    const counts = rehearsal?.against === old.ruleset.version ? rehearsal.rules : {}
    return new Map(
      pairRules(old.ruleset, ruleset).flatMap(({ id, now, was }) =>
        now === null || was.length === 0 ? [] : [[id, { was, p0: p0Of(counts[id]) }]],
      ),
    )
  }

  return {
    add: (event, document) => {
      const { effectiveFrom, rehearsal = null } = event.data
      keep({ place: placeOf(event), effectiveFrom: instantOf(effectiveFrom), ruleset: document, rehearsal })
      arrange()
    },
    byId: () => new Map(Array.from(byId, ([id, of]) => [id, of.versions])),
    find,
    before: (ref, rule) => {
      const name = nameOf(ref)
      const version = versions.get(name)
      if (version === undefined || find(ref) === undefined) return null
      const rules = before.get(name) ?? rulesBefore(version)
      before.set(name, rules)
      return rules.get(rule) ?? null
    },
    compareAgain: () => {
      before = new Map()
    },
    saved: () => Array.from(versions.values(), ({ ruleset, ...one }) => ({ ...one, sha256: ruleset.sha256 })),
  }
}

/** Ids have no spaces. */
const nameOf = ({ id, version }: { readonly id: string; readonly version: string }): string =>
  `${id} ${version}`

type RuleCounts = { readonly newOnly: number; readonly both: number }

const p0Of = (counts: RuleCounts | undefined): number => {
  if (counts === undefined || counts.newOnly === 0) return USUAL
  return Math.max(USUAL, (MARGIN * counts.newOnly) / (counts.newOnly + counts.both))
}
