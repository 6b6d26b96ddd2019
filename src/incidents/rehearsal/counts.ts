import type { Truth } from '../../rulesets/ruleset.ts'

/** What two versions of a rule say of the same evidence. They fire where they are true. */
export type TruthPair = { readonly was: Truth; readonly now: Truth }

/** On how many pieces of evidence a rule fires under which version. */
export type FiringCounts = {
  /** It is true under the old version and false under the new one. */
  readonly onlyOld: number
  /** The reverse. */
  readonly onlyNew: number
  readonly both: number
  /** It is unknown under one version, or both. */
  readonly unknown: number
  /** Of these, it is true under the old version. */
  readonly unknownOldFires: number
  /** Of these, it is true under the new version: it did not fire, and will. */
  readonly unknownNewFires: number
}

export type MutableCounts = { -readonly [K in keyof FiringCounts]: FiringCounts[K] }

export const noCounts = (): MutableCounts => ({
  onlyOld: 0,
  onlyNew: 0,
  both: 0,
  unknown: 0,
  unknownOldFires: 0,
  unknownNewFires: 0,
})

export const addFiring = (counts: MutableCounts, { was, now }: TruthPair, number = 1): void => {
  if (was === 'unknown' || now === 'unknown') {
    counts.unknown += number
    if (was === 'true') counts.unknownOldFires += number
    if (now === 'true') counts.unknownNewFires += number
  } else if (was === 'true' && now === 'true') counts.both += number
  else if (was === 'true') counts.onlyOld += number
  else if (now === 'true') counts.onlyNew += number
}

/** On how much evidence the old version fires. */
export const firedOn = ({ onlyOld, both, unknownOldFires }: FiringCounts): number =>
  onlyOld + both + unknownOldFires

/** On how much evidence only the new version fires: the old one is false or, since what is unknown does not fire, unknown. */
export const newlyFiredOn = ({ onlyNew, unknownNewFires }: FiringCounts): number => onlyNew + unknownNewFires

export const isFiring = ({ was, now }: TruthPair): boolean => was === 'true' || now === 'true'

export const isNewlyFiring = ({ was, now }: TruthPair): boolean => now === 'true' && was !== 'true'
