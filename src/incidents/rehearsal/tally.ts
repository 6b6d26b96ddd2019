import { compareUtf8 } from '../../domain/order.ts'
import { ageBands } from './account-age.ts'
import { addFiring, isFiring, type MutableCounts, noCounts, type TruthPair } from './counts.ts'
import type { Drawn, RehearsedRule } from './rehearsal.ts'
import type { RulePair } from './rule-pairs.ts'

/** What is counted of evidence, besides the truth. `age`: its band; null: accounts' ages are not declared. */
export type Breakdown = {
  readonly detector: { readonly id: string; readonly version: string }
  readonly age: string | null
}

/** Counts what the two versions of a rule say. */
export const tallyRule = ({ id, now, was }: RulePair) => {
  const counts = noCounts()
  // No id contains a space.
  const byDetector = new Map<string, MutableCounts>()
  const byAge = new Map<string, MutableCounts>()
  const add = (truth: TruthPair, { detector, age }: Breakdown, number = 1): void => {
    addFiring(counts, truth, number)
    if (!isFiring(truth)) return
    addFiring(countsIn(byDetector, `${detector.id} ${detector.version}`), truth, number)
    if (age !== null) addFiring(countsIn(byAge, age), truth, number)
  }
  /** `unknown`: in how much evidence one version is unknown, if not all of it was added. */
  const finish = (sample: ReadonlyArray<Drawn>, unknown = counts.unknown): RehearsedRule => ({
    id,
    change: now === null ? 'removed' : was.length === 0 ? 'added' : 'kept',
    replaces: was.flatMap((old) => (old.id === id ? [] : [old.id])),
    was: was.map(({ when }) => when),
    now: now?.when ?? null,
    counts: { ...counts, unknown },
    byDetector: [...byDetector].sort(([a], [b]) => compareUtf8(a, b)).map(detectorCounts),
    byAccountAge: ageBands.flatMap((age) => {
      const found = byAge.get(age)
      return found === undefined ? [] : [{ age, counts: found }]
    }),
    sample,
  })
  return { add, finish }
}

const countsIn = (groups: Map<string, MutableCounts>, key: string): MutableCounts => {
  const counts = groups.get(key) ?? noCounts()
  groups.set(key, counts)
  return counts
}

const detectorCounts = ([key, counts]: readonly [string, MutableCounts]) => {
  const [id = '', version = ''] = key.split(' ')
  return { detector: { id, version }, counts }
}
