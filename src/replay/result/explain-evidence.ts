import { formatInstant } from '../../domain/time.ts'
import type { Truth } from '../../rulesets/ruleset.ts'
import type { PlacedFlag, PlacedRescoring } from '../model/history.ts'
import type { EvidenceTaken } from '../reference/corrected-evidence.ts'
import { type Reading, truthOf } from '../reference/reading.ts'
import { lower } from '../reference/truth.ts'

/** What a correction makes of a flag's evidence. What B then reads is `corrected`, which includes the cascades. */
export type EvidenceExplained = {
  /** How true B's rule finds the flag over what was recorded. */
  readonly recorded: Truth
  /** What a detector found when it looked again, and how true B's rule finds that; null: no rescoring counts. */
  readonly rescored: {
    readonly occurredAt: string
    readonly detector: PlacedFlag['data']['detector']
    readonly signals: PlacedFlag['data']['signals']
    readonly reason: string | null
    readonly truth: Truth
  } | null
  /** The withdrawals that the flag is in, or may be in, in the correction's order. */
  readonly withdrawals: ReadonlyArray<{
    readonly id: string
    /** False: it is unknown whether the flag is in it. */
    readonly certain: boolean
    /** The most that it leaves the flag. */
    readonly leaves: Truth
    /** The rescoring settled it, so that it does not touch the flag. */
    readonly answered: boolean
    /** How true the flag is after this withdrawal alone. */
    readonly truth: Truth
  }>
}

/** Explains what a correction makes of one flag's evidence; null: it leaves it as recorded. */
export const explainEvidence = (
  flag: PlacedFlag,
  reading: Reading,
  { rescoring, withdrawals }: EvidenceTaken,
): EvidenceExplained | null => {
  if (rescoring === null && withdrawals.length === 0) return null
  const truthBy = (read: PlacedRescoring | null): Truth =>
    truthOf(flag, reading, { rescoring: read, limit: 'true' })
  const before = truthBy(rescoring)
  return {
    recorded: truthBy(null),
    rescored:
      rescoring === null
        ? null
        : {
            occurredAt: formatInstant(rescoring.place.at),
            detector: rescoring.data.detector,
            signals: rescoring.data.signals,
            reason: rescoring.data.reason ?? null,
            truth: before,
          },
    withdrawals: withdrawals.map(({ withdrawal, certain, leaves, answered }) => ({
      id: withdrawal.id,
      certain,
      leaves,
      answered,
      truth: answered ? before : lower(before, leaves),
    })),
  }
}
