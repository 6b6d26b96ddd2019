import { memo } from '../../foundation/memo.ts'
import type { Truth } from '../../rulesets/ruleset.ts'
import { type Correction, rulesetIdOf } from '../correction/correction.ts'
import type { History, PlacedFlag, PlacedRescoring } from '../model/history.ts'
import { rescoringThatCounts } from './rescored.ts'
import { lower } from './truth.ts'
import { type WithdrawalOnFlag, withdrawalsOn } from './withdrawn.ts'

/** What an answer takes the evidence of a flag to be, whatever rule judges it. */
export type EvidenceTaken = {
  /** What is read in place of the flag's own signals and detector; null: nothing is. */
  readonly rescoring: PlacedRescoring | null
  /** The withdrawals that the flag is in, or may be in; in the correction's order. */
  readonly withdrawals: ReadonlyArray<WithdrawalOnFlag>
  /** The most that they leave the flag. */
  readonly limit: Truth
}
export type EvidenceOf = (flag: PlacedFlag) => EvidenceTaken

const recorded: EvidenceTaken = { rescoring: null, withdrawals: [], limit: 'true' }

/** The evidence as it was recorded: what A reads. */
export const asRecorded: EvidenceOf = () => recorded

/** Whether a flag's evidence is taken as it was recorded. */
export const isAsRecorded = (taken: EvidenceTaken): boolean => taken === recorded

/** The evidence as B takes it under a correction. */
export const correctedEvidence = (history: History, correction: Correction): EvidenceOf => {
  const { withdrawals, rescored } = correction
  if (withdrawals.length === 0 && rescored === 'ignore') return asRecorded
  const rulesetId = rulesetIdOf(correction)
  const take = (flag: PlacedFlag): EvidenceTaken => {
    const rescoring =
      rescored === 'use' ? rescoringThatCounts(flag, history.rescoringsOf(flag), withdrawals) : null
    const on = withdrawalsOn(flag, rescoring, withdrawals, rulesetId)
    if (rescoring === null && on.length === 0) return recorded
    return { rescoring, withdrawals: on, limit: limitOf(on) }
  }
  return memo(take)
}

/** The most that withdrawals leave a flag: the lowest truth counts, so that their order plays no part. */
const limitOf = (on: ReadonlyArray<WithdrawalOnFlag>): Truth =>
  on.reduce<Truth>((limit, { leaves, answered }) => (answered ? limit : lower(limit, leaves)), 'true')
