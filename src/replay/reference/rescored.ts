import type { Evidence } from '../../rulesets/ruleset.ts'
import type { Withdrawal } from '../correction/correction.ts'
import type { PlacedFlag, PlacedRescoring } from '../model/history.ts'

/** What a condition sees of a flag: what was recorded with it, or what a detector found later in its place. */
export const evidenceOver = (
  { data }: PlacedFlag,
  { signals, detector }: Pick<Evidence, 'signals' | 'detector'>,
): Evidence => ({
  signals,
  detector,
  flag: { category: data.category, source: data.source },
  content: data.content ?? null,
})

/** Whether a moment (ms) is in a withdrawal's window. */
export const isInWindow = (at: number, { from, to }: Pick<Withdrawal, 'from' | 'to'>): boolean =>
  (from === null || at >= from) && (to === null || at < to)

/**
 * The rescoring of a flag that counts: the last that is not itself withdrawn. A detector that must not be believed cannot
 * answer for itself by looking again.
 */
export const rescoringThatCounts = (
  flag: PlacedFlag,
  rescorings: ReadonlyArray<PlacedRescoring>,
  withdrawals: ReadonlyArray<Withdrawal>,
): PlacedRescoring | null => {
  if (rescorings.length === 0) return null
  const withdrawing = withdrawals.filter((withdrawal) => isInWindow(flag.place.at, withdrawal))
  const isWithdrawn = ({ data }: PlacedRescoring): boolean =>
    withdrawing.some(({ of }) => of.kind === 'where' && of.condition(evidenceOver(flag, data)) === 'true')
  return rescorings.findLast((rescoring) => !isWithdrawn(rescoring)) ?? null
}
